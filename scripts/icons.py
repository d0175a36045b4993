"""Draw the icons of the installed application anew from `wiki/static/icons/hindsight.svg`, our own drawing.

    .venv/bin/python scripts/icons.py

Needs what the browser tests need: the development packages and Chromium. Run it after a change to the drawing, and
commit what it writes.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.writers import chromium  # noqa: E402 - the checkout is put on the path first

ICONS = ROOT / "wiki" / "static" / "icons"
GREEN = "#0b6152"
# File, width in pixels, how much of it the drawing takes, and what is behind it. A maskable icon is cut to any shape
# by the device, which leaves at least the middle 80%; Apple's has no transparent corners.
SIZES = (
    ("hindsight-192.png", 192, 1.0, "transparent"),
    ("hindsight-512.png", 512, 1.0, "transparent"),
    ("hindsight-180.png", 180, 1.0, GREEN),
    ("hindsight-maskable-512.png", 512, 0.8, GREEN),
)


def main() -> int:
    """Write every icon."""
    drawing = (ICONS / "hindsight.svg").read_text(encoding="utf-8")
    with chromium() as browser:
        for name, width, share, behind in SIZES:
            page = browser.new_page(viewport={"width": width, "height": width})
            page.set_content(
                f"<style>body{{margin:0;background:{behind};display:grid;place-items:center;height:100vh}}"
                f"svg{{width:{share:.0%};height:{share:.0%}}}</style>{drawing}"
            )
            page.screenshot(path=ICONS / name, omit_background=behind == "transparent")
            page.close()
            print(f"{name}: {(ICONS / name).stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
