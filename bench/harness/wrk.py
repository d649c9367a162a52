"""wrk as another load generator: a check on our own."""

import os
import re
import subprocess

from . import programs


class WrkError(Exception):
    """wrk gave up, or cannot do what is asked."""


def run(pinned, load, port, seconds):
    """(requests, requests/s, p50 in us, p99 in us, errors)"""
    if load.body:
        raise WrkError("wrk sends no bodies here")
    url = f"http://127.0.0.1:{port}{load.path}"
    command = [*pinned, "wrk", "-t1", f"-c{load.connections}", f"-d{max(1, round(seconds))}s", "--latency"]
    if load.headers:
        with open(load.headers) as headers:
            command += [part for line in headers.read().splitlines() for part in ("-H", line)]
    if load.depth > 1:
        script = os.path.join(programs.BENCH, "clients", "pipeline.lua")
        command += ["-s", script, url, "--", load.path, str(load.depth)]
    else:
        command.append(url)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise WrkError(done.stderr.strip() or f"wrk ended with {done.returncode}")
    return _read(done.stdout)


def _read(said):
    def number(pattern):
        found = re.search(pattern, said)
        return float(found.group(1)) if found else 0

    def microseconds(percentile):
        value, unit = re.search(rf"{percentile}%\s+([\d.]+)(us|ms|s)", said).groups()
        return float(value) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]

    socket_errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    errors = number(r"Non-2xx or 3xx responses: (\d+)") + sum(map(int, socket_errors.groups() if socket_errors else ()))
    return (number(r"(\d+) requests in"), number(r"Requests/sec:\s+([\d.]+)"), microseconds(50), microseconds(99),
            int(errors))
