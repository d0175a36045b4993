"""`python -m wiki`."""

from __future__ import annotations

import sys

from wiki.cli import main

if __name__ == "__main__":
    sys.exit(main())
