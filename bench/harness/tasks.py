"""What tasks cost, by programs that print lines of `what, value, unit`, parted by tabs."""

import subprocess
import sys

from . import programs

PROGRAMS = (("parked_tasks", "spawned"), ("parked_tasks", "grouped"), ("tasks",), ("go_tasks",))


def run(bench, name, *arguments):
    """[(what, value, unit), ...]; none if the program was not built."""
    path = programs.built(name)
    if not path:
        print(f"{name}: skipped: not built", file=sys.stderr)
        return []
    ran = subprocess.run(bench.on_server_core(path, *arguments), check=True, capture_output=True, text=True)
    lines = (line.split("\t") for line in ran.stdout.splitlines())
    return [(what, int(value), unit) for what, value, unit in lines]
