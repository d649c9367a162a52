#!/usr/bin/env python3
"""Tests of what the harness computes; what it measures has no right answer."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from harness import budget  # noqa: E402


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


if __name__ == "__main__":
    unittest.main()
