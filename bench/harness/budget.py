"""What a request may cost: bench/budget.toml."""

import os
import tomllib

from . import programs

FILE = os.path.join(programs.BENCH, "budget.toml")


def read():
    """(room, {handler: {counter: figure}})"""
    with open(FILE, "rb") as file:
        budget = tomllib.load(file)
    return budget.pop("room"), budget


def limit(figure, room):
    """The most that is still within the budget. A count near zero may be off by the Date that is formatted anew."""
    return figure * (1 + room) + 0.05


def verdicts(measured, *, room, budget):
    """Yields (is over, line) for each figure of the budget; `measured` is {handler: {counter: figure or None}}."""
    for handler, figures in budget.items():
        for counter, figure in figures.items():
            got, most = measured.get(handler, {}).get(counter), limit(figure, room)
            what = f"{handler}: {counter.replace('_', ' ')} per request"
            if got is None:
                yield True, f"FAIL {what}: not measured"
            elif got > most:
                yield True, f"FAIL {what}: {got:,.2f} is over the budget of {figure:,} and its room of {room:.0%}"
            elif got < figure * (1 - room) - 0.05:
                yield False, f"ok   {what}: {got:,.2f}; the budget of {figure:,} can be lowered"
            else:
                yield False, f"ok   {what}: {got:,.2f} of {figure:,}"
