"""`python -m tests [PYTEST ARGUMENTS]`: what may share the machine on every core, then browsers, then the rest alone.

What is marked `alone` looks at the clock or fills every core by itself, and would tell of its neighbours instead of the
product if it had any. Browser tests of one file share a server, so a file stays together.
"""

from __future__ import annotations

import subprocess
import sys

NOTHING_CHOSEN = 5  # pytest's code for "no test was collected"
EVERY_CORE = ("-n", "auto", "--maxprocesses", "8")
STAGES = (
    (*EVERY_CORE, "--dist", "worksteal", "-m", "not alone and not browser"),
    (*EVERY_CORE, "--dist", "loadfile", "-m", "browser and not alone"),
    ("-m", "alone"),
)


def main(arguments: list[str]) -> int:
    """0 when every stage passed and at least one ran a test; else the code of the first stage that did not."""
    codes = [
        subprocess.run([sys.executable, "-m", "pytest", *stage, *arguments], check=False).returncode for stage in STAGES
    ]
    failed = [code for code in codes if code not in {0, NOTHING_CHOSEN}]
    if failed:
        return failed[0]
    return 0 if 0 in codes else NOTHING_CHOSEN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
