"""Google Benchmark programs: micro/NAME_bench.cpp."""

import json
import subprocess
import sys

from . import programs

_NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def run(bench, name, *, seconds=0.2, repetitions=5):
    """{row: {"ns": best of the repetitions, "mallocs": for each iteration, if it counts them}}; {} if it was not built."""
    path = programs.built(f"{name}_bench")
    if not path:
        print(f"{name}_bench: skipped: not built (libbenchmark-dev)", file=sys.stderr)
        return {}
    command = bench.on_server_core(path, "--benchmark_format=json", f"--benchmark_min_time={seconds}",
                                   f"--benchmark_repetitions={repetitions}")
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    rows = {}
    for run in json.loads(ran.stdout)["benchmarks"]:
        if run.get("run_type") == "aggregate":
            continue
        manual = run["run_name"].endswith("/manual_time")  # what is timed is a part of the iteration
        ns = run["real_time" if manual else "cpu_time"] * _NANOSECONDS[run["time_unit"]]
        row = rows.setdefault(run["run_name"].removesuffix("/manual_time"), {"ns": ns, "mallocs": run.get("mallocs")})
        row["ns"] = min(row["ns"], ns)
    return rows
