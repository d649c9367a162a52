#!/usr/bin/env python3
"""Tests of proofs.py, on reports written here."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROOFS = pathlib.Path(__file__).with_name("proofs.py")
STATEMENTS = "## Core\nC1 main First\nC2 main Second\nO6 downstream Later\n"


def report(test, *names, result="completed", failure=""):
    properties = "".join(f'<property name="proves_{name}" value="yes"/>' for name in names)
    return (f'<testsuites><testsuite><testcase name="{test}" classname="suite" result="{result}">{failure}'
            f"<properties>{properties}</properties></testcase></testsuite></testsuites>")


class ProofsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.program = self.root / "bin" / "test_context"
        self.results = self.root / "results" / "test_context"
        self.program.parent.mkdir()
        self.results.mkdir(parents=True)
        self.program.touch()
        (self.root / "statements.txt").write_text(STATEMENTS)

    def add(self, test, *names, **more):
        (self.results / f"{test}.xml").write_text(report(test, *names, **more))

    def run_proofs(self, *flags, **environment):
        done = subprocess.run(
            [sys.executable, PROOFS, "--statements", self.root / "statements.txt", "--results", self.results.parent,
             "--programs", self.program.parent, "--document", self.root / "proofs.md", *flags],
            capture_output=True, text=True, env=environment)
        return done.returncode, done.stdout + done.stderr

    def test_passes_when_every_statement_that_is_due_is_proven(self):
        self.add("a", "C1", "C2")
        self.assertEqual(self.run_proofs("--strict", "--update")[0], 0)
        self.assertEqual(self.run_proofs("--strict")[0], 0)
        self.assertIn("context: `suite.a`", (self.root / "proofs.md").read_text())

    def test_fails_when_a_statement_that_is_due_lacks_a_proof(self):
        self.add("a", "C1")
        code, output = self.run_proofs("--strict", "--update")
        self.assertEqual(code, 1)
        self.assertIn("C2 is not proven", output)
        self.assertNotIn("O6", output)

    def test_tells_what_is_missing_without_failing_when_not_strict(self):
        code, output = self.run_proofs("--update")
        self.assertEqual(code, 0)
        self.assertIn("C1 is not proven", output)

    def test_takes_no_proof_from_a_failed_test(self):
        self.add("a", "C1", "C2", failure='<failure message="no"/>')
        self.assertEqual(self.run_proofs("--strict", "--update")[0], 1)

    def test_takes_no_proof_from_a_skipped_test(self):
        self.add("a", "C1")
        self.add("b", "C2", result="skipped")
        self.assertIn("C2 is not proven (skipped)", self.run_proofs("--strict", "--update")[1])
        self.assertEqual(self.run_proofs("--strict", "--update", CURFEW_MINIMAL="1")[0], 0)

    def test_takes_no_proof_from_a_report_that_is_older_than_the_program(self):
        self.add("removed", "C1", "C2")
        os.utime(self.results / "removed.xml", (1, 1))
        self.assertEqual(self.run_proofs("--strict", "--update")[0], 1)

    def test_fails_on_a_name_that_is_no_statement_even_when_not_strict(self):
        self.add("a", "C9")
        code, output = self.run_proofs("--update")
        self.assertEqual(code, 1)
        self.assertIn("no such statement: C9 (by suite.a)", output)

    def test_fails_when_the_committed_table_is_out_of_date(self):
        self.add("a", "C1", "C2")
        (self.root / "proofs.md").write_text("old")
        code, output = self.run_proofs("--strict")
        self.assertEqual(code, 1)
        self.assertIn("out of date", output)


if __name__ == "__main__":
    unittest.main()
