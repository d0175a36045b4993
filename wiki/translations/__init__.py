"""The catalogs: `<language>/LC_MESSAGES/messages.po`, read as they lie here.

There is nothing to compile, so nothing can be stale, and a checkout that nobody may write to works as well. English is
the language of the sources and has no catalog. `python scripts/texts.py` keeps the catalogs in step with the sources.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

SOURCE = "en"
FOLDER = Path(__file__).resolve().parent


def path_of(language: str) -> Path:
    """Where the catalog of a language lies."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def catalog_of(language: str) -> Catalog:
    """The catalog of a language with all that stands in its file."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def read(language: str) -> Translations:
    """The catalog of a language, as gettext wants it."""
    compiled = BytesIO()
    write_mo(compiled, catalog_of(language))
    compiled.seek(0)
    return Translations(fp=compiled)


def script_texts(language: str) -> str:
    """A script that leaves what scripts say where `js/words.js` looks: text to translation, or to its plural forms."""
    found: dict[str, object] = {}
    plural = "n != 1"
    if language != SOURCE:
        catalog = catalog_of(language)
        plural = catalog.plural_expr
        for message in catalog:
            if message.id and any(place.endswith(".js") for place, _ in message.locations):
                key = message.id if isinstance(message.id, str) else message.id[0]
                found[key] = message.string if isinstance(message.string, str) else list(message.string or ())
    texts = json.dumps(found, ensure_ascii=False, sort_keys=True)
    return f"globalThis.hindsightTexts = {{plural: (n) => Number({plural}), texts: {texts}}};\n"
