#!/usr/bin/env python3
"""Says which statements of statements.txt are proven, and by which tests.

Reads GoogleTest's reports. A statement is proven by a test that names it with CURFEW_PROVES, ran, passed and was not
skipped. Writes the table that is committed as docs/reference/proofs.md; fails when a statement that is due lacks a proof
(--strict) or when the committed table no longer tells the truth (--strict; --update renews it).
"""
import argparse
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

DUE_NOW = {"main"}


class Statement:
    def __init__(self, name, due, text, section):
        self.name, self.due, self.text, self.section = name, due, text, section
        self.proofs, self.skipped = [], []


def read_statements(path):
    statements, section = {}, ""
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line and not line.startswith("#"):
            name, due, text = line.split(" ", 2)
            statements[name] = Statement(name, due, text, section)
    return statements


def reports(results, programs):
    """Yields (program, report) for the reports of the programs as built now: a test that was removed leaves its old one.

    A parameterized test has slashes in its name, so its report lies in a folder of its own.
    """
    for folder in sorted(results.iterdir()) if results.is_dir() else []:
        program = programs / folder.name
        if program.exists():
            built = program.stat().st_mtime
            yield from ((folder.name, report) for report in sorted(folder.rglob("*.xml")) if report.stat().st_mtime >= built)


def read_reports(results, programs, statements):
    """Files each passed test under what it proves; returns the names that no statement has."""
    unknown = []
    for program, report in reports(results, programs):
        for case in ElementTree.parse(report).iter("testcase"):
            test = f'{case.get("classname")}.{case.get("name")}'
            module = program.removeprefix("test_")
            for prop in case.iter("property"):
                if not (match := re.fullmatch(r"proves_(\w+)", prop.get("name"))):
                    continue
                statement = statements.get(match[1])
                if statement is None:
                    unknown.append(f"{match[1]} (by {test})")
                elif case.get("result") == "skipped":
                    statement.skipped.append((module, test))
                elif case.get("result") == "completed" and case.find("failure") is None:
                    statement.proofs.append((module, test))
    return unknown


def table(statements):
    lines = ["# Proofs", "",
             "What curfew promises, and the tests that prove it. Written by the test run (`tests/proofs.py`); the statements",
             "are those of `tests/statements.txt`.", ""]
    section = None
    for statement in statements.values():
        if statement.section != section:
            section = statement.section
            lines += ["", f"## {section}", "", "| | statement | proven by |", "|---|---|---|"]
        if statement.proofs:
            by = "<br>".join(f"{module}: `{test}`" for module, test in sorted(statement.proofs))
        else:
            by = "–" if statement.due in DUE_NOW else f"due in: {statement.due.replace('-', ' ')}"
        lines.append(f"| {statement.name} | {statement.text} | {by} |")
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statements", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path, required=True, help="folder with a folder of reports for each program")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder with the test programs")
    parser.add_argument("--document", type=pathlib.Path, required=True, help="the committed table")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()

    statements = read_statements(arguments.statements)
    unknown = read_reports(arguments.results, arguments.programs, statements)
    due = [each for each in statements.values() if each.due in DUE_NOW]
    minimal = "CURFEW_MINIMAL" in os.environ
    missing = [each for each in due if not each.proofs and not (minimal and each.skipped)]
    print(f"{sum(1 for each in due if each.proofs)} of {len(due)} statements that are due are proven")

    failures = [f"no such statement: {name}" for name in unknown]
    complaints = [f"{each.name} is not proven{' (skipped)' if each.skipped else ''}: {each.text}" for each in missing]

    content = table(statements)
    if arguments.update:
        arguments.document.parent.mkdir(parents=True, exist_ok=True)
        arguments.document.write_text(content)
    elif not minimal and (not arguments.document.exists() or arguments.document.read_text() != content):
        complaints.append(f"{arguments.document.name} is out of date; to renew it: cmake --build --preset release --target update-proofs")

    if arguments.strict:
        failures += complaints
    else:
        print(*(f"not yet: {line}" for line in complaints), sep="\n")
    print(*failures, sep="\n", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
