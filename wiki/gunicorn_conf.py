"""How gunicorn serves the wiki: threaded workers that load no torch, stop within seconds, and die with the supervisor.

gunicorn reads the lower-case names of this module (`-c python:wiki.gunicorn_conf`). The address is not here: the
supervisor holds the listening socket and hands it down, so that it stays open while gunicorn is restarted.
"""

from __future__ import annotations

import gc
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from gunicorn.http import message

from wiki import lifeline
from wiki.config import load_config
from wiki.web import MODULES

_config = load_config()

worker_class = "wiki.gunicorn_worker.EvenWorker"
workers = _config.workers or max(2, os.cpu_count() or 2)
threads = _config.threads
timeout = 60
graceful_timeout = 4
keepalive = 15
loglevel = "warning"
# gunicorn itself takes lines of 8,190 bytes; a pasted stack trace is a question too, and the API bounds it in words.
limit_request_line = message.MAX_REQUEST_LINE = 65_536
limit_request_field_size = 65_536
forwarded_allow_ips = ""  # X-Forwarded-* is ProxyFix's matter, by HINDSIGHT_PROXY_HOPS
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeats, kept off slow disks


def on_starting(server: Any) -> None:
    """The master process dies with its supervisor; workers see that the master is gone by themselves.

    It loads the code, which its workers then have in common; each of them opens databases and files for itself.
    """
    lifeline.watch()
    for module in MODULES:
        import_module(module)
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """A worker that is ready looks for garbage less often, and never among what it loaded: a page makes thousands of
    objects that are gone by themselves when it is done, and each look costs as much as a query (3 to 5% of a search).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
