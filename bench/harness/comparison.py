"""Servers side by side: interleaved rounds of the same load, and the ratios of what was measured."""

import contextlib
import dataclasses
import statistics
import sys

from . import load, report


def _measure(asked, started, seconds):
    try:
        measured = load.measure(asked, started, seconds)
    except load.LoadError as error:
        print(f"{started.server.name}: {error}", file=sys.stderr)
        return None
    if measured.errors:
        print(f"{started.server.name}: {measured.errors} connections were closed unasked", file=sys.stderr)
    return measured


def run_rounds(bench, asked, servers, *, rounds, seconds):
    """Every run of every server: {name: [Measured, ...]}, None where one failed, which is said on stderr. The rounds go
    A B C A B C."""
    runs = {each.name: [] for each in servers}
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(bench.running(each)) for each in servers]
        for each in started:
            _measure(asked, each, min(0.5, seconds))  # warms up caches and pools
        for _ in range(rounds):
            for each in started:
                runs[each.server.name].append(_measure(asked, each, seconds))
    return runs


@dataclasses.dataclass
class Spread:
    """The median of some ratios, with their extremes."""

    median: float
    least: float
    most: float

    @staticmethod
    def of(values):
        return Spread(statistics.median(values), min(values), max(values))

    def __str__(self):
        return f"{self.median:.2f} ({self.least:.2f}-{self.most:.2f})"


@dataclasses.dataclass
class Ratios:
    """The server under test against one peer."""

    rps: Spread
    cpu: Spread
    p50: Spread
    p99: Spread


def ratios(runs, tested, peer):
    """Ratios of the same rounds; None if no round has both."""
    pairs = [(mine, other) for mine, other in zip(runs[tested], runs[peer]) if mine and other]
    if not pairs:
        return None
    return Ratios(*(Spread.of([getattr(mine, field.name) / getattr(other, field.name) for mine, other in pairs])
                    for field in dataclasses.fields(Ratios)))


def against_all(runs, tested):
    """{peer: Ratios}, of those that have any."""
    found = {name: ratios(runs, tested, name) for name in runs if name != tested}
    return {name: each for name, each in found.items() if each}


def print_servers(runs):
    rows = []
    for name, measured in runs.items():
        measured = [run for run in measured if run]
        if not measured:
            rows.append([name, "failed"] + [""] * 8)
            continue

        def median(field):
            return statistics.median(getattr(run, field) for run in measured)

        rates = [run.rps for run in measured]
        rows.append([
            name, f"{median('rps'):,.0f}", f"{min(rates):,.0f}-{max(rates):,.0f}", f"{median('cpu'):.2f}",
            f"{median('user'):.2f}", f"{median('p50'):,.0f}", f"{median('p99'):,.0f}", f"{median('busy'):.0%}",
            f"{median('rss_mb'):.0f}", sum(run.errors for run in measured),
        ])
    report.print_table(
        ["server", "req/s", "min-max", "CPU us/req", "of it user", "p50 us", "p99 us", "busy", "RSS MB", "errors"], rows
    )


def print_ratios(tested, against):
    rows = [[peer, *(str(getattr(each, field.name)) for field in dataclasses.fields(Ratios))]
            for peer, each in against.items()]
    report.print_table([f"{tested} against", "req/s", "CPU per request", "p50", "p99"], rows)
