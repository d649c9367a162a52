"""Allocations and system calls, by a counter that is preloaded into a server (tools/callcount.c)."""

import contextlib
import os
import struct
import tempfile

from . import load, programs

# Kept in step with `enum counter`.
NAMES = ("mallocs", "bytes", "receive", "send", "epoll_wait", "epoll_ctl", "timerfd_settime", "other")
SYSTEM_CALLS = NAMES[2:]


# So many sends to others after an answer, the client's next request counts as there.
PROMPT = "8"


def per_request(bench, tested, asked, *, requests, prompt_client=False):
    """{name: calls}, and "bytes" allocated, for each request. With a prompt client the figures do not depend on how soon
    it gets a processor: see tools/callcount.c.

    The first run fills pools. What connecting costs is in the second and the third alike, and drops out.
    """
    with _counting(bench, tested, {"CALLCOUNT_PROMPT_CLIENT": PROMPT} if prompt_client else {}) as (started, read):
        totals = []
        for count in (requests // 4, requests // 4, requests // 4 + requests):
            load.run(asked, started.port, requests=count)
            totals.append(read())
    warm, short, long = totals
    return {name: max(0, (long[name] - short[name]) - (short[name] - warm[name])) / requests for name in NAMES}


def system_calls(counted):
    """Those of its counters that are system calls."""
    return {name: counted[name] for name in SYSTEM_CALLS}


@contextlib.contextmanager
def _counting(bench, tested, environment):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "counts")
        environment |= {"LD_PRELOAD": programs.built("libcallcount.so"), "CALLCOUNT_FILE": path}

        def read():
            with open(path, "rb") as counts:
                return dict(zip(NAMES, struct.unpack(f"{len(NAMES)}L", counts.read())))

        with bench.running(tested, environment=environment) as started:
            yield started, read
