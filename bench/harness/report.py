"""Markdown tables and gates."""


def table_lines(head, rows):
    """The lines of a Markdown table with aligned columns."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(cells):
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"

    return [line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)]


def rows_of(table):
    """The cells of the rows of such a table."""
    lines = table.strip().splitlines()[2:]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]


def print_table(head, rows):
    """Prints it, and an empty line."""
    print("\n".join(table_lines(head, rows)), end="\n\n", flush=True)


class Gates:
    """Limits that a figure has to keep; `failed` tells whether one did not."""

    def __init__(self):
        self.failed = False

    def at_least(self, name, limit, value):
        self._check(name, limit, value, lambda: value >= limit)

    def at_most(self, name, limit, value):
        self._check(name, limit, value, lambda: value <= limit)

    def _check(self, name, limit, value, holds):
        if limit is None:
            return
        ok = value is not None and holds()
        self.failed |= not ok
        shown = "was not measured" if value is None else f"measured {value:.5g}"
        print(f"{'ok  ' if ok else 'FAIL'} {name} {limit:g}: {shown}")
