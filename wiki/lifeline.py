"""How a child process learns that its supervisor is gone, even by kill -9: the reading end of a pipe comes to its end.

The supervisor alone holds the writing end, which the kernel closes with it. That works wherever there are pipes and
needs no polling.
"""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "HINDSIGHT_LIFELINE"
GRACE = 8.0
"""Seconds that a child has to end by itself before it is ended."""


def watch(grace: float = GRACE) -> bool:
    """Watch the pipe that the environment names, if it names one; True when it does.

    At its end this process gets SIGTERM, and is killed when it still runs `grace` seconds later.
    """
    descriptor = os.environ.get(VARIABLE, "")
    if not descriptor.isdigit():
        return False
    thread = threading.Thread(target=_wait, args=(int(descriptor), grace), name="lifeline", daemon=True)
    thread.start()
    return True


def _wait(descriptor: int, grace: float) -> None:
    while True:
        try:
            if os.read(descriptor, 1) == b"":
                break
        except InterruptedError:
            continue
        except OSError:
            return  # not our pipe any more: nothing to watch
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os.kill(os.getpid(), signal.SIGKILL)
