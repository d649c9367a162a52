"""CPU per request as connections grow."""

import contextlib
import statistics
import sys

from . import load

COUNTS = (10, 100, 1000, 10000)


def run_rounds(bench, servers, counts, *, rounds, seconds, active=0):
    """{server: {connections: [CPU per request in us, ...]}}; all numbers of connections and all servers take turns.

    Each connection always has one request outstanding, or only `active` of them at a time have.
    """
    cpu = {each.name: {count: [] for count in counts} for each in servers}
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(bench.running(each)) for each in servers]
        for _ in range(rounds):
            for count in counts:
                for each in started:
                    try:
                        measured = load.measure(bench.load(connections=count, active=active), each, seconds)
                        cpu[each.server.name][count].append(measured.cpu)
                    except load.LoadError as error:
                        print(f"{each.server.name}, {count} connections: {error}", file=sys.stderr)
    return cpu


def against_fewest(cpu):
    """{connections: [CPU per request against that of the same round with the fewest, ...]} of one server."""
    fewest = min(cpu)
    return {count: [much / little for much, little in zip(values, cpu[fewest])] for count, values in cpu.items()}


def medians(cpu):
    """{connections: median}, where there is any."""
    return {count: statistics.median(values) for count, values in cpu.items() if values}
