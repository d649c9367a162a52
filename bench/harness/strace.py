"""System calls as the kernel sees them, by strace: of any program, but at a fraction of its speed."""

import os
import re
import tempfile

from . import load


def per_request(bench, tested, asked, *, requests):
    """{name: calls} for each request."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "calls")
        short = _totals(bench, tested, asked, requests // 4, path)
        long = _totals(bench, tested, asked, requests // 4 + requests, path)
    return {name: max(0, calls - short.get(name, 0)) / requests for name, calls in long.items()}


def _totals(bench, tested, asked, requests, path):
    tool = ("strace", "-f", "-c", "-U", "name,calls", "-o", path)
    with bench.running(tested, prefix=tool, traced=True) as started:
        load.run(asked, started.port, requests=requests)
    with open(path) as table:
        rows = (re.fullmatch(r"\s*(\w+)\s+(\d+)\s*", line) for line in table)
        return {row.group(1): int(row.group(2)) for row in rows if row and row.group(1) != "total"}
