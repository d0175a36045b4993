"""`make bench`: speed, size and ranking of a real server on real data, against targets and against references.

Each part measures a few rows. Machines differ and are never quiet, so beside every figure that depends on the machine
stands a reference measured in the same run (a bare web page on the same gunicorn, a bare flushed commit), and the ratio
to it is what can be compared from one machine to another.
"""

import os

# As the supervisor sets it for the processes that serve; numpy reads it once, when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
