"""Load on a running server, by clients/load.c or by wrk, and what it cost the server."""

import dataclasses
import json
import subprocess
import time

from . import procfs, programs, wrk


@dataclasses.dataclass
class Load:
    """What the clients do."""

    connections: int = 64
    active: int = 0  # of them at a time, all in turn; 0: all of them
    depth: int = 1
    path: str = "/"
    headers: str = ""
    body: str = ""
    tool: str = "load"
    cpu: object = 1  # as taskset takes it
    prefix: tuple = ()


@dataclasses.dataclass
class Measured:
    """One run, as the client and the kernel saw it. Times are microseconds."""

    requests: float
    rps: float
    p50: float
    p99: float
    errors: int
    cpu: float = 0  # of the server, per request
    user: float = 0  # the part of it outside the kernel
    busy: float = 0  # share of the time that the server was on its CPU
    rss_mb: float = 0


class LoadError(Exception):
    """The generator gave up; the message is its own."""


class _Meter:
    """What a server has used between start() and stop()."""

    def __init__(self, pids):
        self._pids = pids

    def start(self):
        self._before = self._read()

    def stop(self):
        (began, cpu, user, system), (ended, *after) = self._before, self._read()
        self.elapsed, self.cpu = ended - began, after[0] - cpu
        ticks = (after[1] - user) + (after[2] - system)
        self.user = self.cpu * (after[1] - user) / ticks if ticks else 0
        self.rss_mb = procfs.resident_bytes(self._pids) / 2**20

    def _read(self):
        return time.monotonic(), procfs.cpu_seconds(self._pids), *procfs.user_and_system_seconds(self._pids)


def run(load, port, *, requests):
    """Runs the clients for so many requests and returns what they saw."""
    return _run_load(load, port, ["--requests", str(requests)])


def measure(load, server, seconds):
    """Runs the clients against a `Running` server for that time and adds what it cost the server; of our own generator's
    connections only the use, not the making."""
    meter = _Meter(server.pids())
    if load.tool == "wrk":
        meter.start()
        try:
            measured = Measured(*wrk.run(_pinned(load), load, server.port, seconds))
        except wrk.WrkError as error:
            raise LoadError(str(error)) from error
        meter.stop()
    else:
        measured = _run_load(load, server.port, ["--seconds", str(seconds)], meter)
    if measured.requests:
        measured.cpu, measured.user = (1e6 * spent / measured.requests for spent in (meter.cpu, meter.user))
    measured.busy, measured.rss_mb = meter.cpu / meter.elapsed, meter.rss_mb
    return measured


def _pinned(load):
    return ["taskset", "-c", str(load.cpu), *load.prefix]


def _run_load(load, port, bound, meter=None):
    command = [*_pinned(load), programs.built("load"), "--port", str(port), "--connections", str(load.connections)]
    command += ["--path", load.path, "--pipeline", str(load.depth), *bound]
    command += ["--active", str(load.active)] if load.active else []
    command += ["--headers", load.headers] if load.headers else []
    command += ["--body", load.body] if load.body else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
        if client.stdout.readline() == "connected\n" and meter:
            meter.start()
        said = client.stdout.readline()
        if said and meter:
            meter.stop()
        complaint = client.stderr.read().strip()
    if client.returncode != 0 or not said:
        raise LoadError(complaint or f"{command} ended with {client.returncode}")
    said = json.loads(said)
    return Measured(said["requests"], said["rps"], said["p50_us"], said["p99_us"], said["errors"])
