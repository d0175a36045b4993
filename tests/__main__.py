"""`python -m tests [PYTEST ARGUMENTS]`: what may share the machine on every core, then the rest alone.

What is marked `alone` looks at the clock or fills every core by itself, and would tell of its neighbours instead of the
product if it had any. Tests of one file share what takes long to make (a server, an index), so a file stays together;
browsers go before integration, since their files take longest and the last ones should fill the gaps.
"""

from __future__ import annotations

import os
import subprocess
import sys

NOTHING_CHOSEN = 5  # pytest's code for "no test was collected"
EVERY_CORE = ("-n", "auto", "--maxprocesses", "8")
SHARED = (*EVERY_CORE, "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not alone")
ALONE = ("-m", "alone")
# Where every core has a test already, an encoder that spreads over all of them waits for its own threads.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
STAGES = ((SHARED, {**ONE_THREAD, **os.environ}), (ALONE, dict(os.environ)))


def main(arguments: list[str]) -> int:
    """0 when every stage passed and at least one ran a test; else the code of the first stage that did not."""
    codes = [
        subprocess.run([sys.executable, "-m", "pytest", *stage, *arguments], env=env, check=False).returncode
        for stage, env in STAGES
    ]
    failed = [code for code in codes if code not in {0, NOTHING_CHOSEN}]
    if failed:
        return failed[0]
    return 0 if 0 in codes else NOTHING_CHOSEN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
