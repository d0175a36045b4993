"""`python -m tests [PYTEST ARGUMENTS]`: what may share the machine on every core, then the rest alone.

What is marked `alone` looks at the clock or fills every core by itself, and would tell of its neighbours instead of the
product if it had any. Tests of one file share what takes long to make (a server, an index), so a file stays together;
browsers go before integration, since their files take longest and the last ones should fill the gaps.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext

from tests.past import made_beside

NOTHING_CHOSEN = 5  # pytest's code for "no test was collected"
EVERY_CORE = ("-n", "auto", "--maxprocesses", "8")
SHARED = (*EVERY_CORE, "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not alone")
ALONE = ("-m", "alone")
# Where every core has a test already, an encoder that spreads over all of them waits for its own threads.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}


def main(arguments: list[str]) -> int:
    """0 when every stage passed and at least one ran a test; else the code of the first stage that did not."""
    shared = ONE_THREAD | os.environ
    with made_beside(shared) if not arguments else nullcontext(dict) as past:
        codes = [run(SHARED, shared, arguments)]
        codes.append(run(ALONE, os.environ | past(), arguments))
    failed = [code for code in codes if code not in {0, NOTHING_CHOSEN}]
    if failed:
        return failed[0]
    return 0 if 0 in codes else NOTHING_CHOSEN


def run(stage: tuple[str, ...], env: dict[str, str], arguments: list[str]) -> int:
    """One stage of the tests; pytest's code."""
    return subprocess.run([sys.executable, "-m", "pytest", *stage, *arguments], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
