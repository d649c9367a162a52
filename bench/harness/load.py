"""Load on a running server, by our own generator or by wrk."""

import dataclasses
import json
import os
import re
import subprocess
import time

from . import procfs, programs


@dataclasses.dataclass
class Load:
    """What the clients do. Either `seconds` or `requests` bounds a run."""

    connections: int = 64
    depth: int = 1
    path: str = "/"
    headers: str = ""
    body: str = ""
    tool: str = "load"
    cpu: int = 1
    prefix: tuple = ()


@dataclasses.dataclass
class Measured:
    """One run, as the client and the kernel saw it. Times are microseconds."""

    requests: int
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


def run(load, port, *, seconds=None, requests=None):
    """Runs the clients and returns what they saw."""
    drive = _run_wrk if load.tool == "wrk" else _run_load
    return drive(load, port, seconds, requests)


def measure(load, server, seconds):
    """Runs the clients against a `Running` server and adds what it cost the server."""
    pids = server.pids()
    cpu, (user, system), started = procfs.cpu_seconds(pids), procfs.user_and_system_seconds(pids), time.monotonic()
    measured = run(load, server.port, seconds=seconds)
    spent, elapsed = procfs.cpu_seconds(pids) - cpu, time.monotonic() - started
    user_after, system_after = procfs.user_and_system_seconds(pids)
    ticks = (user_after - user) + (system_after - system)

    measured.cpu = spent * 1e6 / measured.requests if measured.requests else 0
    measured.user = measured.cpu * (user_after - user) / ticks if ticks else 0
    measured.busy = spent / elapsed
    measured.rss_mb = procfs.resident_kb(pids) / 1024
    return measured


def _pinned(load):
    return ["taskset", "-c", str(load.cpu), *load.prefix]


def _output(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise LoadError(done.stderr.strip() or f"{command[0]} ended with {done.returncode}")
    return done.stdout


def _run_load(load, port, seconds, requests):
    command = [*_pinned(load), programs.built("load"), "--port", str(port), "--connections", str(load.connections)]
    command += ["--path", load.path, "--pipeline", str(load.depth)]
    command += ["--headers", load.headers] if load.headers else []
    command += ["--body", load.body] if load.body else []
    command += ["--seconds", str(seconds)] if seconds else ["--requests", str(requests)]
    said = json.loads(_output(command))
    return Measured(said["requests"], said["rps"], said["p50_us"], said["p99_us"], said["errors"])


def _run_wrk(load, port, seconds, requests):
    if requests or load.body:
        raise LoadError("wrk sends no bodies here and is bounded by time only")
    url = f"http://127.0.0.1:{port}{load.path}"
    command = [*_pinned(load), "wrk", "-t1", f"-c{load.connections}", f"-d{max(1, round(seconds))}s", "--latency"]
    if load.headers:
        with open(load.headers) as headers:
            command += [part for line in headers.read().splitlines() for part in ("-H", line)]
    if load.depth > 1:
        script = os.path.join(programs.BENCH, "clients", "pipeline.lua")
        command += ["-s", script, url, "--", load.path, str(load.depth)]
    else:
        command.append(url)
    said = _output(command)

    def number(pattern):
        found = re.search(pattern, said)
        return float(found.group(1)) if found else 0

    def microseconds(percentile):
        value, unit = re.search(rf"{percentile}%\s+([\d.]+)(us|ms|s)", said).groups()
        return float(value) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]

    socket_errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    errors = number(r"Non-2xx or 3xx responses: (\d+)") + sum(map(int, socket_errors.groups() if socket_errors else ()))
    return Measured(
        int(number(r"(\d+) requests in")), number(r"Requests/sec:\s+([\d.]+)"), microseconds(50), microseconds(99),
        int(errors),
    )
