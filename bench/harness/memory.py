"""Resident bytes per connection; what the kernel holds for a socket is not in them."""

import contextlib
import subprocess
import time

from . import load, procfs, programs

COUNT = 9000


def idle_connection(bench, tested, count=COUNT):
    """Bytes for each keep-alive connection, after one request on it."""
    with _connections(bench, tested, count, path="/", answered=True) as (started, before):
        return (procfs.resident_bytes(started.pids()) - before) / count


def suspended_request(bench, tested, count=COUNT):
    """Bytes for each request whose handler waits in a timer and could be canceled: its connection and all else included."""
    with _connections(bench, tested, count, path="/wait?id=1", answered=False) as (started, before):
        return (procfs.resident_bytes(started.pids()) - before) / count


@contextlib.contextmanager
def _connections(bench, tested, count, *, path, answered):
    """(the running server, its bytes before): once `count` connections have sent a request and the server rests."""
    with bench.running(tested) as started:
        load.run(bench.load(), started.port, requests=4000)  # what is allocated once is allocated now
        before = procfs.resident_bytes(started.pids())
        command = bench.client(programs.built("idle"), started.port, count, path, "answered" if answered else "unanswered")
        idle = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            if idle.stdout.readline() != "ready\n":
                raise load.LoadError(f"could not open {count} connections (is `ulimit -n` too low?)")
            _await_rest(started)
            yield started, before
        finally:
            idle.communicate()


def _await_rest(started):
    """Waits until the server has nothing to do."""
    spent, give_up = None, time.monotonic() + 15
    while time.monotonic() < give_up:
        now = procfs.cpu_seconds(started.pids())
        if spent is not None and now - spent < 0.001:
            return
        spent = now
        time.sleep(0.3)
    raise load.LoadError("the server does not come to rest")
