"""The Markdown that we read: CommonMark and GitHub's additions, footnotes, callouts, definition lists, `[[links]]`.

markdown-it-py rather than python-markdown, because people bring CommonMark (a list right under a sentence, lists
nested by two spaces) and because its time grows evenly with the text: of 33 hostile texts of 200 kB python-markdown
took over four seconds for seven and ran out of stack on one, this parser took three at most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from wiki.markdown.highlighting import highlight
from wiki.markdown.links import placeholder, wiki_link_rule
from wiki.markdown.sanitizing import TAGS

# Beyond these a text is shown as it stands. They keep the worst text that we could find near a second of CPU.
MAX_CHARS = 500_000
MAX_MARKS = 40_000
MAX_NESTING = 30

_MARKS = re.compile(r"[\[\]#!*_`<>|&\\~:@]|\n")
_CALLOUT = re.compile(r"\[!(?P<kind>[A-Za-z][\w-]{0,30})\](?P<fold>[-+]?)[ \t]*(?P<title>[^\n]*)(?:\n|$)")
_TAG_NAME = re.compile(r"<(?=/?([A-Za-z][^\s/>]*))")
# What a callout is called by those who write it, to the five ways that it is shown.
_TONES = {
    "note": "note info abstract summary todo quote cite example",
    "tip": "tip hint success check done",
    "important": "important question help faq",
    "warning": "warning attention",
    "caution": "caution danger error failure fail missing bug",
}
TONES = {name: tone for tone, names in _TONES.items() for name in names.split()}


def too_much(body: str) -> bool:
    """Whether `body` is beyond what is read as Markdown."""
    return len(body) > MAX_CHARS or sum(1 for _ in _MARKS.finditer(body)) > MAX_MARKS


def parse(body: str) -> Sequence[Token]:
    """The block tokens of `body`, their inline tokens as children."""
    return parser().parse(body)


def to_html(body: str, *, raw_html: bool = True) -> str:
    """`body` as HTML that is NOT yet safe; without `raw_html`, its HTML is shown as text."""
    return str(parser(raw_html).render(body))


@cache
def parser(raw_html: bool = True) -> MarkdownIt:
    """The parser, made once; it keeps nothing from one text to the next."""
    md = MarkdownIt("commonmark", {"html": raw_html, "maxNesting": MAX_NESTING, "highlight": highlight})
    md.enable(["table", "strikethrough"])
    md.options["tasklists"] = True
    md.use(gfm_autolink_plugin)
    md.use(footnote_plugin)
    md.use(deflist_plugin)
    md.use(admon_plugin)
    md.inline.ruler.before("link", "wiki_link", wiki_link_rule)
    md.core.ruler.after("block", "callouts", _callouts)
    md.core.ruler.push("columns", _columns)
    md.add_render_rule("wiki_link", _render_wiki_link)
    md.add_render_rule("html_inline", _render_html)
    md.add_render_rule("html_block", _render_html)
    md.add_render_rule("image", _render_image)
    md.add_render_rule("footnote_anchor", _render_footnote_anchor)
    return md


def _callouts(state: StateCore) -> None:
    """Make `> [!NOTE] title` and `!!! note "title"` the same callout; with `-` or `+` one that folds."""
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type == "admonition_open":
            words = str(token.attrGet("class") or "").split()
            token.attrSet("class", _callout_class(words[-1] if words else "note"))
        elif token.type == "admonition_title_open":
            token.attrSet("class", "callout-title")
        elif token.type == "blockquote_open" and index + 2 < len(tokens) and tokens[index + 2].type == "inline":
            match = _CALLOUT.match(tokens[index + 2].content)
            if match:
                _make_callout(tokens, index, match)
    state.tokens = [token for token in tokens if not token.meta.get("gone")]


def _make_callout(tokens: list[Token], index: int, match: re.Match[str]) -> None:
    opening, inline = tokens[index], tokens[index + 2]
    closing = next(t for t in tokens[index + 1 :] if t.type == "blockquote_close" and t.level == opening.level)
    kind, folds = match["kind"].lower(), bool(match["fold"])
    opening.tag = closing.tag = "details" if folds else "div"
    opening.attrSet("class", _callout_class(kind))
    if match["fold"] == "+":
        opening.attrSet("open", "")
    title, rest = match["title"].strip() or kind.replace("-", " ").capitalize(), inline.content[match.end() :]
    paragraph_open, paragraph_close = tokens[index + 1], tokens[index + 3]
    paragraph_open.attrSet("class", "callout-title")
    if folds:
        paragraph_open.tag = paragraph_close.tag = "summary"
    inline.content = title
    if rest.strip():
        again = Token("inline", "", 0, map=inline.map, level=inline.level, content=rest, children=[], block=True)
        paragraph_close.meta["then"] = rest
        opened = Token("paragraph_open", "p", 1, level=paragraph_open.level, block=True)
        closed = Token("paragraph_close", "p", -1, level=paragraph_open.level, block=True)
        tokens[index + 4 : index + 4] = [opened, again, closed]


def _callout_class(kind: str) -> str:
    return f"callout callout-{TONES.get(kind.lower(), 'note')}"


def _columns(state: StateCore) -> None:
    """Say a cell's alignment by class, since pages allow no style attributes."""
    for token in state.tokens:
        if token.type in {"td_open", "th_open"} and token.attrs.pop("style", None) == "text-align:right":
            token.attrSet("class", "align-right")


def _render_wiki_link(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    meta = tokens[index].meta
    return placeholder(meta["target"], meta["label"])


def _render_html(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Raw HTML with the tags that we do not allow shown as text: `<hostname>` and `List<String>` are words that people
    write, and an unclosed `<script>` would take the rest of the text with it."""
    return _TAG_NAME.sub(lambda m: m[0] if m[1].lower() in TAGS else "&lt;", tokens[index].content)


def _render_image(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """An image of ours; one from elsewhere becomes a link, since loading it would tell that site who reads here."""
    token = tokens[index]
    source = str(token.attrGet("src") or "")
    if source.lower().startswith(("http:", "https:", "//")):
        words = renderer.renderInlineAsText(token.children or [], options, env) or source
        from markdown_it.common.utils import escapeHtml

        return f'<a class="remote-image" href="{escapeHtml(source)}">{escapeHtml(words)}</a>'
    return str(renderer.image(tokens, index, options, env))


def _render_footnote_anchor(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    meta = tokens[index].meta
    name = str(meta["id"] + 1) + (f":{meta['subId']}" if meta.get("subId", -1) > 0 else "")
    return f' <a href="#fnref{name}" class="footnote-backref" aria-label="Back to the text">↩</a>'
