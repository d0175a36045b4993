"""Markdown becomes safe HTML, in the shapes that people expect, whatever it holds."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.markdown import LinkState, fill_links, link_targets, place_files, render, sanitize

# --- what people write -----------------------------------------------------------------------------------------------


def test_commonmark_as_people_bring_it() -> None:
    html = render("A sentence with a list right under it:\n- one\n  - two, nested by two spaces\n- three").html
    assert html.count("<ul>") == 2
    assert html.count("<li>") == 3


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("text\n- a\n    - b\n        - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
        ("- a\n  1. b\n  2. c\n- d", "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>"),
        ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("- a\nlazy\n- b", "<ul><li>alazy</li><li>b</li></ul>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("- a\n\n  more", "<ul><li><p>a</p><p>more</p></li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("born in\n1986. A year", "<p>born in1986. A year</p>"),
        ("- a\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("- a\n  ```\n  x\n  ```", '<ul><li>a<pre class="highlight"><code>x</code></pre></li></ul>'),
        ("Term\n: one\n: two", "<dl><dt>Term</dt><dd>one</dd><dd>two</dd></dl>"),
        ("> a\nlazy\n\nafter", "<blockquote><p>alazy</p></blockquote><p>after</p>"),
        ("one  \ntwo\\\nthree", "<p>one<br>two<br>three</p>"),
        ("snake_case_name and _this_", "<p>snake_case_name and <em>this</em></p>"),
        ("<div>\n*raw*\n</div>\n\n*md*", "<div>*raw*</div><p><em>md</em></p>"),
        ("```\nnever closed", '<pre class="highlight"><code>never closed</code></pre>'),
        ("#tag\nline\n---", '<h2 id="tag-line">#tagline'),
    ],
)
def test_everyday_markdown_has_the_shape_that_people_expect(written: str, shape: str) -> None:
    assert shape in render(written).html.replace("\n", "")


def test_tables_task_lists_strike_through_and_bare_addresses() -> None:
    html = render("| a | b |\n|:--|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n\n~~gone~~ https://example.com/x").html
    assert '<td class="align-right">2</td>' in html
    assert "style=" not in html
    assert html.count('type="checkbox"') == 2
    assert html.count("checked") == 1
    assert "<s>gone</s>" in html
    assert 'href="https://example.com/x"' in html


def test_footnotes_lead_there_and_back() -> None:
    html = render("Told twice.[^a]\n\n[^a]: By whom.").html
    assert '<a href="#fn1" id="fnref1">' in html
    assert 'id="fn1"' in html
    assert 'href="#fnref1"' in html


def test_a_picture_alone_with_a_title_is_a_figure_with_a_caption() -> None:
    figure = render('![A plan](plan.png "What we <b>meant</b>")').html
    assert "<figcaption>What we &lt;b&gt;meant&lt;/b&gt;</figcaption>" in figure
    assert "title=" not in figure
    for written in (
        "![A plan](plan.png)",
        'See ![A plan](plan.png "here") it.',
        '![x](https://a.example/b.png "elsewhere")',
    ):
        assert "<figure" not in render(written).html


def test_callouts_of_both_spellings_are_the_same() -> None:
    github = render("> [!WARNING]\n> Mind the gap").html
    admonition = render('!!! warning "Warning"\n    Mind the gap').html
    assert github.split() == admonition.split()
    assert '<div class="callout callout-warning">' in github
    assert '<p class="callout-title">Warning</p>' in github


def test_a_callout_may_have_a_title_of_its_own_and_fold() -> None:
    html = render("> [!tip]- How we *found* it\n> By chance.\n>\n> - and luck").html
    assert '<details class="callout callout-tip">' in html
    assert '<summary class="callout-title">How we <em>found</em> it</summary>' in html
    assert "<p>By chance.</p>" in html
    assert "open" not in html.split("<summary")[0]


def test_a_callout_in_a_list_in_a_callout_closes_what_it_opened() -> None:
    html = render("> [!note]\n> outer\n> - item\n>   > [!warning]\n>   > inner\n\nafter").html
    assert html.count("<div") == html.count("</div>") == 2
    assert html.rstrip().endswith("<p>after</p>")


def test_fenced_code_is_highlighted_by_classes_and_shown_as_written() -> None:
    html = render("```python\nif a < b: return '&'\n```\n\n```nothing-known\n<b>\n```").html
    assert '<pre class="highlight" data-language="python">' in html
    assert '<span class="k">if</span>' in html
    assert "style=" not in html
    assert "&lt;b&gt;" in html


def test_markdown_inside_raw_html_blocks() -> None:
    html = render("<details><summary>More</summary>\n\n*inside*\n\n</details>").html
    assert "<details><summary>More</summary>" in html
    assert "<em>inside</em>" in html


def test_words_in_angle_brackets_are_words() -> None:
    html = render("Log in to <hostname> with List<String>, then close the <script> tag.\n\n<name>\n\nThe end.").html
    assert "&lt;hostname&gt;" in html
    assert "&lt;String&gt;" in html
    assert "&lt;script&gt; tag." in html
    assert "<p>The end.</p>" in html


# --- headings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [("#", "##"), ("##", "###"), ("###", "####")])
def test_headings_begin_below_the_title_of_the_page(first: str, second: str) -> None:
    rendered = render(f"{first} One\n\n{second} Two\n\n{first} One")
    assert [(item.level, item.id, item.text) for item in rendered.toc] == [
        (2, "one", "One"),
        (3, "two", "Two"),
        (2, "one-2", "One"),
    ]


def test_anchors_are_readable_in_any_script_and_safe_in_an_attribute() -> None:
    toc = render('# Größe "x" <b>y</b>\n\n# Что случилось?\n\n# 何が起きたか\n\n# "><script>\n\n# !!!').toc
    assert [item.id for item in toc] == ["größe-x-y", "что-случилось", "何が起きたか", "script", "section"]


def test_an_anchor_never_takes_the_name_of_a_part_of_our_pages() -> None:
    ids = [item.id for item in render("# ui-main\n\n# fn1\n\n# field-title\n\n# Title").toc]
    assert not any(name.startswith(("ui-", "fn", "field-")) for name in ids)
    assert ids[-1] == "title"


# --- links -----------------------------------------------------------------------------------------------------------


def test_links_by_title_and_id_with_and_without_words() -> None:
    body = "[[Backups  and\trestores]] [[abc123|the old way]] \\[[not]] `[[code]]` [out [[x]] side](https://e.com)"
    assert link_targets(body) == ("Backups and restores", "abc123", "x")
    assert render(body).links == link_targets(body)


def test_links_in_code_blocks_and_comments_are_none() -> None:
    body = "```\n[[fenced]]\n```\n\n    [[indented]]\n\n- a\n\n  [[in a list]]\n\n<!-- [[comment]] -->"
    body += "\n\n| [[a\\|b]] |\n|-|"
    assert link_targets(body) == ("in a list", "a")


def test_links_are_filled_in_after_the_cache() -> None:
    html = render("[[Known]] [[Known|so]] [[Red & <b>]]").html

    def resolve(target: str) -> LinkState:
        if target == "Known":
            return LinkState("/wiki/known", "Known, now renamed")
        return LinkState("/new?title=x&y", "Nobody wrote it", exists=False)

    filled = fill_links(html, resolve)
    assert '<a class="wiki-link" href="/wiki/known" title="Known, now renamed">Known, now renamed</a>' in filled
    assert ">so</a>" in filled
    assert '<a class="red-link" href="/new?title=x&amp;y" title="Nobody wrote it">Red &amp; &lt;b&gt;</a>' in filled
    assert "data-wiki" not in filled


def test_a_red_link_without_an_address_is_no_link() -> None:
    filled = fill_links(render("[[Red]]").html, lambda target: LinkState("", "", exists=False))
    assert '<a class="red-link">Red</a>' in filled


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("![p](plan.png)", 'src="/attachments/lessons/2026/slug/plan.png"'),
        ("![p](<two words.png>)", 'src="/attachments/lessons/2026/slug/two%20words.png"'),
        ("![p](slug/plan.png)", 'src="/attachments/lessons/2026/slug/plan.png"'),
        ("[p](../2025/old.md#why)", 'href="/wiki/lessons/2025/old#why"'),
        ("[p](other.md)", 'href="/wiki/lessons/2026/other"'),
        ("[p](../../../../etc/passwd)", 'href="#"'),
        ("[p](/wiki/x)", 'href="/wiki/x"'),
        ("[p](#part)", 'href="#part"'),
        ("[p](https://e.com/a.png)", 'href="https://e.com/a.png"'),
        ("[p](mailto:a@b.example)", 'href="mailto:a@b.example"'),
    ],
)
def test_files_beside_an_entry_are_named_from_it(written: str, address: str) -> None:
    assert address in place_files(render(written).html, "lessons/2026/slug.md")


# --- attacks ---------------------------------------------------------------------------------------------------------

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    '<a href="\x01javascript:alert(1)">x</a>',
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    '<a href="https://e.com" style="position:fixed;inset:0">x</a>',
    "<style>body{display:none}</style>",
    '<div class="site-header" id="ui-main">x</div>',
    "<iframe src=https://e.com></iframe><object data=x></object><embed src=x>",
    "<form action=https://e.com><input name=password><button>Sign in</button></form>",
    '<meta http-equiv=refresh content="0;url=https://e.com"><base href=https://e.com><link rel=stylesheet href=x>',
    '[[x" onmouseover=alert(1) y="]] [[x|<img src=x onerror=alert(1)>]]',
    '[x](https://e.com "a" onclick=alert(1))',
    '```"><script>alert(1)</script>\nx\n```',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><img src=x onerror=alert(1)>-->",
    "> [!<script>alert(1)</script>]\n> x",
    '!!! note "<script>alert(1)</script>"\n    x',
    "[^<script>]\n\n[^<script>]: <script>alert(1)</script>",
    "# <a name=x id=y onclick=alert(1)>z</a>",
    '<p data-related="https://e.com" data-menu>x</p>',
]


# As browsers read an address: control characters before it count for nothing, tabs and line ends in it neither.
SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.\t\r\n-]*):", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x20]")
SAFE = frozenset({"http", "https", "mailto"})


NAMES = "script style iframe object embed form button link meta base svg math template textarea"


class Inspector(HTMLParser):
    """Reads HTML as a browser would and collects what must not be there."""

    TAGS = frozenset(NAMES.split())

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.seen: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(sorted(attrs, key=str))))
        if tag in self.TAGS:
            self.wrong.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "name", "srcdoc", "formaction", "target"}:
                self.wrong.append(f"{tag} {name}={value}")
            scheme = SCHEME.match(value or "")
            if name in {"href", "src"} and scheme and CONTROL.sub("", scheme[1]).lower() not in SAFE:
                self.wrong.append(f"{tag} {name}={value}")
            if name == "id" and (value or "").startswith("ui-"):
                self.wrong.append(f"id {value}")
        if tag == "input" and ("type", "checkbox") not in attrs:
            self.wrong.append("input")


def inspected(html: str) -> Inspector:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_or_disguises_gets_through(attack: str) -> None:
    html = fill_links(
        render(f"before\n\n{attack}\n\nafter").html, lambda target: LinkState("/new", target, exists=False)
    )
    assert inspected(html).wrong == []
    assert "site-header" not in html


def test_pictures_from_elsewhere_are_links_so_that_reading_tells_nobody() -> None:
    html = render("![a plan](https://e.com/p.png) <img src='//e.com/q.png'> <img src='https://e.com/r.png'>").html
    assert not any(tag == "img" and any(name == "src" for name, _ in attrs) for tag, attrs in inspected(html).seen)
    assert '<a class="remote-image" href="https://e.com/p.png"' in html


def test_links_out_carry_rel_and_links_within_do_not() -> None:
    html = render("[a](https://e.com) [b](/wiki/x) [c](//e.com) # x").html
    assert html.count('rel="nofollow noopener"') == 2


# --- whatever comes --------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *"[]()!*_`<>|&\\~:@#-+=\n \t\"'/.^$%{}1a",
        *(
            "[[",
            "]]",
            "```",
            "> [!note]",
            "!!! tip",
            "<b>",
            "</b>",
            "<a href=",
            "<!--",
            "-->",
            "[^1]",
            "[^1]: ",
            "- [ ] ",
        ),
        *("|a|b|\n|-|-|\n", "<script>", "javascript:", "\n\n", "    ", "\u200f", "\x00", "𝔸", "&lt;", "<input"),
        "<details>",
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_rendering_never_fails_and_its_result_is_safe_and_stable(body: str) -> None:
    rendered = render(body)
    assert inspected(rendered.html).wrong == []
    assert inspected(sanitize(rendered.html)).seen == inspected(rendered.html).seen
    assert set(rendered.links) >= set(link_targets(body))
    filled = fill_links(rendered.html, lambda target: LinkState(f"/x?{target}", target))
    assert inspected(filled).wrong == []
    assert "data-wiki" not in filled


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_files_can_be_placed_in_any_text(body: str) -> None:
    assert inspected(place_files(render(body).html, "lessons/2026/slug.md")).wrong == []


def test_the_words_of_a_task_name_its_box() -> None:
    html = render("- [x] call *Bo*\n  - [ ] his number\n").html
    assert '<label><input type="checkbox" disabled="" checked=""> call <em>Bo</em></label><ul' in html
    assert '<label><input type="checkbox" disabled=""> his number</label></li>' in html
