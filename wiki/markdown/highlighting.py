"""Fenced code in colours, by Pygments classes that the stylesheet gives meaning to.

Only languages named here, and only code of a sensible length: a lexer is a pile of regular expressions, and nobody
reads the colours of 30 kB.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape

from pygments import highlight as pygmentize
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

MAX_CODE = 30_000
_NAMES = """
apacheconf bash bat c clojure console cpp c++ cs csharp css dart diff docker dockerfile elixir erl erlang fsharp go
graphql groovy haskell hcl html http ini java javascript jinja js json json5 jsx julia kotlin lua make makefile
markdown matlab md nginx nix objective-c ocaml perl php powershell prolog promql properties proto protobuf ps1
puppet py python r rb ruby rust scala sh shell sql swift systemverilog tcl terraform toml ts tsx typescript vhdl vim xml
yaml yml zig zsh
"""
LANGUAGES = frozenset(_NAMES.split())
_FORMATTER = HtmlFormatter(nowrap=True)


def highlight(code: str, language: str, attributes: str = "") -> str:
    """One fenced block as `<pre>`; `language` is the first word after the fence, and what is unknown stays plain."""
    name = language.strip().lower()
    lexer = _lexer(name) if name in LANGUAGES and len(code) <= MAX_CODE else None
    inner = pygmentize(code, lexer, _FORMATTER) if lexer else escape(code, quote=False)
    label = f' data-language="{escape(name)}"' if name in LANGUAGES else ""
    return f'<pre class="highlight"{label}><code>{inner}</code></pre>\n'


@lru_cache(maxsize=64)
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, stripnl=False)
