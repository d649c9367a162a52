"""What is to be reached (bench/goals.toml), and how far a figure got."""

import dataclasses
import os
import tomllib

from . import programs

FILE = os.path.join(programs.BENCH, "goals.toml")
NOT_MEASURED = "not measured yet"


@dataclasses.dataclass
class Figure:
    """What was measured for one row."""

    value: float
    spread: str = ""  # of ratios
    limit: float | None = None  # what raw epoll reached in its place


@dataclasses.dataclass
class Goal:
    """One row of the table of goals."""

    what: str
    command: str
    floor: float
    goal: float
    less: bool  # is better
    slack: float = 0

    def verdict(self, value):
        if self._reaches(self.goal, value):
            return "**goal**"
        return "floor" if self._reaches(self.floor, value) else "BELOW FLOOR"

    def holds(self, value):
        return self._reaches(self.floor, value)

    def row(self, figure):
        """The cells of its row."""
        sign = "≤" if self.less else "≥"
        cells = [self.what, f"{sign} {_number(self.floor)}", f"{sign} {_number(self.goal)}"]
        if figure is None:
            return [*cells, NOT_MEASURED, "", f"`{self.command}`"]
        limit = f"; raw epoll {_number(figure.limit)}" if figure.limit is not None else ""
        reached = f"{_number(figure.value)}{f' ({figure.spread})' if figure.spread else ''}{limit}"
        return [*cells, reached, self.verdict(figure.value), f"`{self.command}`"]

    def _reaches(self, wanted, value):
        return value <= wanted + self.slack if self.less else value >= wanted - self.slack


HEAD = ["what", "floor", "goal", "reached", "", "command"]


def read():
    """{name: Goal}, in the order of the table."""
    with open(FILE, "rb") as file:
        return {name: _goal(entry) for name, entry in tomllib.load(file).items()}


def _goal(entry):
    less = "less" in entry
    wanted = entry["less" if less else "more"]
    return Goal(entry["what"], entry["command"], wanted["floor"], wanted["goal"], less, entry.get("slack", 0))


def _number(value):
    """1234 -> 1,234; 12.34 -> 12.3; 1.234 -> 1.23"""
    if abs(value) >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
