"""The measurements behind the table of goals: each gives some rows their figures."""

import dataclasses
import statistics
import sys

from . import (callgrind, comparison, disconnects, growth, load, memory, micro, preload, programs, scenarios, server,
               tasks)
from .goals import Figure


@dataclasses.dataclass
class Effort:
    """How long the measurements with a load may take."""

    rounds: int
    seconds: float  # of one run


def _figure(spread, limit=None):
    return Figure(spread.median, f"{spread.least:.2f}–{spread.most:.2f}", limit)


# ---- servers under load

def _compare(make_bench, name, effort, peers=None):
    """(Ratios by peer, Ratios of raw epoll by peer) under a scenario."""
    scenario = scenarios.SCENARIOS[name]
    tested, others = scenarios.servers(dataclasses.replace(scenario, peers=peers or scenario.peers))
    bench = make_bench(both_cores=scenario.both_cores)
    runs = comparison.run_rounds(bench, bench.load(**scenarios.load(scenario)), [*others[:1], tested, *others[1:]],
                                 rounds=effort.rounds, seconds=effort.seconds)
    ours = comparison.against_all(runs, tested.name)
    return ours, comparison.against_all(runs, "raw") if "raw" in runs else {}


def _rows(ours, limits, wanted):
    """{row: Figure} for wanted = {row: (peer, field)}, where both were measured."""
    found = {}
    for row, (peer, field) in wanted.items():
        if peer in ours:
            limit = getattr(limits[peer], field).median if peer in limits and field == "rps" else None
            found[row] = _figure(getattr(ours[peer], field), limit)
    return found


def hello(make_bench, effort):
    return _rows(*_compare(make_bench, "hello", effort), {
        "cpu_vs_raw": ("raw", "cpu"), "rps_vs_beast": ("beast_plain", "rps"), "rps_vs_go": ("go", "rps"),
        "rps_vs_nginx": ("nginx", "rps"), "p99_vs_raw": ("raw", "p99"),
    })


def browser(make_bench, effort):
    return _rows(*_compare(make_bench, "browser", effort, ("raw",)), {"cpu_vs_raw_browser": ("raw", "cpu")})


def pipelined(make_bench, effort):
    return _rows(*_compare(make_bench, "pipelined", effort, ("raw", "beast_plain")),
                 {"pipelined_vs_raw": ("raw", "rps"), "pipelined_vs_beast": ("beast_plain", "rps")})


def one(make_bench, effort):
    return _rows(*_compare(make_bench, "one", effort, ("raw",)), {"p50_one_vs_raw": ("raw", "p50")})


def timers(make_bench, effort):
    return _rows(*_compare(make_bench, "timers", effort, ("raw", "go")),
                 {"timers_vs_raw": ("raw", "cpu"), "timers_vs_go": ("go", "cpu")})


def json_echo(make_bench, effort):
    return _rows(*_compare(make_bench, "json-echo", effort, ("beast_plain",)), {"json_echo": ("beast_plain", "rps")})


def upload(make_bench, effort):
    return _rows(*_compare(make_bench, "upload", effort, ("beast_plain",)), {"upload": ("beast_plain", "rps")})


def download(make_bench, effort):
    return _rows(*_compare(make_bench, "download", effort, ("beast_plain",)), {"download": ("beast_plain", "rps")})


def two_threads(make_bench, effort):
    return _rows(*_compare(make_bench, "two-threads", effort), {"two_threads": ("1 thread", "cpu")})


def connections(make_bench, effort):
    cpu = growth.run_rounds(make_bench(), [server.hello(), *server.peers(("raw",))], (10, 1000, 10000),
                            rounds=effort.rounds, seconds=effort.seconds)
    worst = {}
    for name, of in cpu.items():
        ratios = growth.against_fewest(of)
        spreads = [comparison.Spread.of(ratios[count]) for count in (1000, 10000) if ratios[count]]
        worst[name] = max(spreads, key=lambda spread: spread.median)
    return {"growth": _figure(worst["curfew"], worst["raw"].median)}


# ---- the rest, which takes as long as it takes

def counters(make_bench, _):
    bench, found = make_bench(), {}
    tested = server.bench_server()
    if not programs.installed("valgrind"):
        return found
    calls = {}
    for handler, path in (("plain", "/sync"), ("coroutine", "/"), ("suspending", "/suspend")):
        asked = bench.load(path=path)
        counted = preload.per_request(bench, tested, asked, prompt_client=True, requests=40000)
        calls[handler] = preload.system_calls(counted)
        if handler == "coroutine":
            found["mallocs"] = Figure(counted["mallocs"])
        if handler != "suspending":
            found[f"instructions_{handler}"] = Figure(callgrind.per_request(bench, tested, asked, requests=4000))
    coroutine = calls["coroutine"]
    found["system_calls"] = Figure(sum(coroutine.values()))
    found["watch_not_suspending"] = Figure(sum(coroutine.values()) - sum(coroutine[name] for name in
                                                                         ("receive", "send", "epoll_wait")))
    found["watch_suspending"] = Figure(max(0.0, sum(calls["suspending"].values()) - sum(coroutine.values())))
    return found


def disconnect(make_bench, effort):
    bench, go = make_bench(), server.peers(("go",))
    if not go:
        return {}
    rounds = [[disconnects.measure(bench, each, how="fin", in_flight=1000, count=700) for each in (server.bench_server(), go[0])]
              for _ in range(min(3, effort.rounds))]
    if any(got["seen"] < got["count"] for pair in rounds for got in pair):
        raise load.LoadError("a server did not see all disconnects")
    return {f"disconnect_{at}": _figure(comparison.Spread.of([ours[f"{at}_us"] / theirs[f"{at}_us"] for ours, theirs in rounds]))
            for at in ("p50", "p99")}


def bytes_each(make_bench, _):
    bench, tested = make_bench(), server.bench_server()
    return {"idle_connection": Figure(memory.idle_connection(bench, tested)),
            "suspended_request": Figure(memory.suspended_request(bench, tested))}


def contexts(make_bench, _):
    rows = micro.run(make_bench(), "context")
    wanted = {"context_life": "deadline_cancel_and_drop", "cancel_children": "cancel_children/1000",
              "value_lookup": "value_at_depth_5", "done": "done"}
    found = {row: Figure(rows[name]["ns"] / (1000 if row == "cancel_children" else 1))
             for row, name in wanted.items() if name in rows}
    if "context_life" in found:
        found["context_mallocs"] = Figure(rows["deadline_cancel_and_drop"]["mallocs"])
    return found


def parked_tasks(make_bench, _):
    runs = [tasks.run(make_bench(), "parked_tasks", "spawned") for _ in range(3)]
    held, canceled = ([run[at][1] for run in runs] for at in (0, 1))
    return {"task_bytes": Figure(statistics.median(held)), "task_cancel": Figure(min(canceled))}


# What takes runs of servers under load, and how many of them a round has; and what takes about so many seconds.
UNDER_LOAD = {hello: 5, browser: 2, pipelined: 3, one: 2, timers: 3, json_echo: 2, upload: 2, download: 2, two_threads: 2,
              connections: 6}
AT_REST = {counters: 25, disconnect: 25, bytes_each: 15, contexts: 15, parked_tasks: 15}

NAMES = {measure.__name__.replace("_", "-"): measure for measure in (*UNDER_LOAD, *AT_REST)}

_CONNECTING = 0.6  # seconds, in each run


def effort_for(minutes, chosen):
    """The rounds and seconds that make the chosen measurements take that long."""
    runs = sum(UNDER_LOAD.get(measure, 0) for measure in chosen)
    left = 60 * minutes - sum(AT_REST.get(measure, 0) for measure in chosen)
    rounds = 5 if minutes >= 8 else 3 if minutes >= 3 else 1
    return Effort(rounds, max(0.3, left / max(1, runs * rounds) - _CONNECTING))


def take(measure, make_bench, effort):
    """{row: Figure}; nothing, and said on stderr, if it failed."""
    try:
        return measure(make_bench, effort)
    except (load.LoadError, OSError, KeyError) as error:
        print(f"{measure.__name__}: {error!r}", file=sys.stderr)
        return {}
