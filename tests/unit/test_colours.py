"""The stylesheet's colours can be read: WCAG 2.2 AA in both themes, measured from the properties themselves."""

from __future__ import annotations

import re

import pytest

from wiki.colours import Pair, contrast, measured, palette
from wiki.web.static import FOLDER

STYLES = FOLDER / "css"
TOKENS = (STYLES / "hindsight" / "01-tokens.css").read_text()


@pytest.mark.parametrize("pair", measured(TOKENS), ids=lambda pair: f"{pair.ink} on {pair.ground}")
def test_what_is_shown_stands_out_in_both_themes(pair: Pair) -> None:
    assert pair.holds, f"light {pair.light:.2f}, dark {pair.dark:.2f}, wanted {pair.at_least}"


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#ffffff") == 1


def test_dark_by_choice_and_dark_by_system_are_the_same() -> None:
    by_system = TOKENS.split("@media screen and (prefers-color-scheme: dark)")[1].split(':root[data-theme="dark"]')[0]
    chosen = TOKENS.split(':root[data-theme="dark"] {')[1]
    declared = re.compile(r"--[\w-]+: [^;]+;")
    assert declared.findall(by_system) == declared.findall(chosen)
    assert set(palette(TOKENS, dark=True)) == set(palette(TOKENS))


def test_no_page_names_a_colour_of_its_own() -> None:
    for path in sorted(STYLES.rglob("*.css")):
        if path.name in {"01-tokens.css", "90-print.css"}:
            continue
        strange = re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", path.read_text())
        assert not strange, f"{path.name} names {strange}; add a property to 01-tokens.css"
