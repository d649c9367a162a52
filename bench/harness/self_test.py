#!/usr/bin/env python3
"""Tests of what the harness computes; what it measures has no right answer."""

import importlib.machinery
import importlib.util
import os
import sys
import unittest
import xml.etree.ElementTree

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, BENCH)

from harness import budget, comparison, goals, load, measurements, report  # noqa: E402


def command(name):
    """A command of this folder, as a module."""
    loader = importlib.machinery.SourceFileLoader(name, os.path.join(BENCH, name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


class Budget(unittest.TestCase):
    figures = {"coroutine": {"instructions": 1000, "mallocs": 0}}

    def check(self, **measured):
        return list(budget.verdicts({"coroutine": measured}, room=0.05, budget=self.figures))

    def test_holds_within_its_room(self):
        self.assertEqual([False, False], [over for over, _ in self.check(instructions=1050, mallocs=0.01)])

    def test_is_broken_beyond_its_room_and_says_so(self):
        verdicts = self.check(instructions=1051, mallocs=0.2)

        self.assertEqual([True, True], [over for over, _ in verdicts])
        self.assertEqual("FAIL coroutine: instructions per request: 1,051.00 is over the budget of 1,000 and its room of 5%",
                         verdicts[0][1])

    def test_is_broken_by_what_was_not_measured(self):
        self.assertEqual([True, True], [over for over, _ in self.check(instructions=None)])

    def test_says_when_it_can_be_lowered(self):
        over, line = self.check(instructions=900, mallocs=0)[0]

        self.assertFalse(over)
        self.assertIn("can be lowered", line)

    def test_names_the_handlers_that_are_counted(self):
        room, budgeted = budget.read()

        self.assertEqual({"plain", "coroutine", "suspending"}, set(budgeted))
        self.assertTrue(0 < room <= 0.05)


def run(rps, cpu=1.0):
    return load.Measured(requests=rps, rps=rps, p50=1, p99=1, errors=0, cpu=cpu)


class Comparison(unittest.TestCase):
    def test_takes_ratios_of_the_same_rounds(self):
        runs = {"ours": [run(200), run(900), run(300)], "theirs": [run(100), run(300), run(300)]}

        self.assertEqual("2.00 (1.00-3.00)", str(comparison.ratios(runs, "ours", "theirs").rps))

    def test_leaves_out_rounds_in_which_one_failed(self):
        runs = {"ours": [None, run(200)], "theirs": [run(100), run(100)]}

        self.assertEqual("2.00 (2.00-2.00)", str(comparison.ratios(runs, "ours", "theirs").rps))

    def test_has_no_ratio_if_no_round_has_both(self):
        self.assertEqual({}, comparison.against_all({"ours": [run(1)], "theirs": [None]}, "ours"))


class Goals(unittest.TestCase):
    def verdict(self, value, **wanted):
        return goals.Goal("what", "command", **wanted).verdict(value)

    def test_tell_less_from_more(self):
        less, more = {"less": True, "floor": 2, "goal": 1}, {"less": False, "floor": 1, "goal": 2}

        self.assertEqual(["**goal**", "floor", "BELOW FLOOR"], [self.verdict(value, **less) for value in (1, 2, 2.1)])
        self.assertEqual(["**goal**", "floor", "BELOW FLOOR"], [self.verdict(value, **more) for value in (2, 1, 0.9)])

    def test_say_what_was_not_measured(self):
        self.assertIn(goals.NOT_MEASURED, goals.Goal("what", "command", 2, 1, True).row(None))

    def test_show_the_spread_and_what_raw_epoll_reached(self):
        row = goals.Goal("what", "command", 2, 3, False).row(goals.Figure(1.234, "1.10–1.30", 1.5))

        self.assertIn("1.23 (1.10–1.30); raw epoll 1.50", row)

    def test_are_at_least_as_hard_as_their_floors(self):
        for name, goal in goals.read().items():
            self.assertTrue(goal.holds(goal.goal), name)


class Report(unittest.TestCase):
    def test_reads_the_table_that_it_wrote(self):
        rows = [["a", "1 (0.90–1.10)"], ["`b`", ""]]

        self.assertEqual(rows, report.rows_of("\n".join(report.table_lines(["what", "reached"], rows))))


class PlotGrowth(unittest.TestCase):
    plot = command("plot_growth")
    cpu = {"raw": {"10": [4, 5, 6], "10000": [10]}, "curfew": {"10": [10], "10000": [15]}, "broken": {"10": [], "10000": []}}

    def test_draws_medians_as_multiples_of_raw_epoll_with_the_fewest_connections(self):
        self.assertEqual({"raw": [(10, 1), (10000, 2)], "curfew": [(10, 2), (10000, 3)]}, self.plot.lines(self.cpu))

    def test_is_a_picture_with_a_line_for_each_server(self):
        root = xml.etree.ElementTree.fromstring(self.plot.draw(self.cpu))

        self.assertEqual(2, len(root.findall("{http://www.w3.org/2000/svg}polyline")))

    def test_keeps_names_apart(self):
        drawn = {"a": [(10, 1), (100, 2)], "b": [(10, 1), (100, 2.01)]}
        heights = self.plot.label_heights(drawn, self.plot.Scale(drawn))

        self.assertGreaterEqual(abs(heights["a"] - heights["b"]), 16)


class Effort(unittest.TestCase):
    def test_fits_into_the_minutes(self):
        chosen = list(measurements.NAMES.values())
        effort = measurements.effort_for(15, chosen)
        runs = sum(measurements.UNDER_LOAD.values()) * effort.rounds

        self.assertLessEqual(runs * effort.seconds + sum(measurements.AT_REST.values()), 15 * 60)
        self.assertGreater(effort.seconds, 3)


if __name__ == "__main__":
    unittest.main()
