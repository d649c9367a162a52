#!/usr/bin/env python3
"""Checks the rules of this project that no compiler checks. `lint.py ROOT` prints file:line: rule: what, one a line.

`lint.py --self-test` checks the checks: each rule has sources that it must complain about and sources that it must not.
"""
import pathlib
import re
import sys

from coroutine_rules import coroutine_findings
from source_text import code_only, line_of

# What each module may include headers of, besides its own. Keep in step with the CMake targets.
MAY_KNOW = {
    "context": set(),
    "http": {"context"},
    "server": {"context", "http"},
    "middleware": {"context", "http", "server"},
    "observe": {"context", "http", "server"},
    "client": {"context", "http"},
    "adapters": {"context"},
    "tests/support": {"context", "http", "server"},
}
LIBRARY = {"context", "http", "server", "middleware", "observe", "client", "adapters"}
NO_TODO = LIBRARY | {"handlers", "examples"}

# Too heavy for a public header, and the headers that exist in order to include one all the same.
HEAVY_INCLUDE = re.compile(r"boost/(asio|beast|url|describe)\.hpp|boost/(beast|url|describe)/.*|nlohmann/json\.hpp")
MAY_BE_HEAVY = {"server/include/curfew/json.hpp", "client/include/curfew/client_json.hpp"}

# One timer drives all deadlines of a loop; it is the only one.
MAY_HAVE_A_TIMER = re.compile(r"context/(src|include/curfew/detail)/loop\.[hc]pp")

TEXT_FILES = {".hpp", ".cpp", ".md", ".txt", ".py", ".sh", ".cmake", ".json", ".yaml", ".yml", ".toml", ".in", ".conf", ".cfg", ""}
NOT_OURS = {"build", ".git", ".ccache", "node_modules", "__pycache__"}
LONG_HEADER = 250


def module_of(path):
    """`tests/support/include/curfew/x.hpp` belongs to `tests/support`, `http/src/x.cpp` to `http`."""
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "tests" else parts[0]


def public_headers(paths):
    """Maps what an #include says to the module that owns the header."""
    owners = {}
    for path in paths:
        module, found, header = path.partition("/include/")
        if found and path.endswith(".hpp"):
            owners.setdefault(header, []).append(module_of(path))
    return owners


def check_owners(owners):
    for header, modules in owners.items():
        if len(modules) > 1:
            yield "", 0, "one-owner", f"<{header}> exists in {' and '.join(sorted(modules))}"


def check_includes(path, text, owners):
    module = module_of(path)
    public = "/include/" in path
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', text, re.M):
        line, quoted, header = line_of(text, match.start()), match[1] == '"', match[2]
        if header.startswith("curfew/"):
            owner = owners.get(header, [None])[0]
            if quoted:
                yield line, "include-direction", f"write <{header}>"
            elif owner is None:
                yield line, "include-direction", f"no module has <{header}>"
            elif module in MAY_KNOW and owner != module and owner not in MAY_KNOW[module]:
                yield line, "include-direction", f"{module} must not know {owner}, which owns <{header}>"
        elif quoted and module in LIBRARY:
            if public:
                yield line, "include-direction", f'a public header cannot include the private "{header}"'
            elif re.search(r"(^|/)(context|http|server|middleware|observe|client|adapters|handlers)/", header):
                yield line, "include-direction", f'"{header}" is private to another module'
        elif public and module in LIBRARY and path not in MAY_BE_HEAVY and HEAVY_INCLUDE.fullmatch(header):
            yield line, "light-headers", f"<{header}> is too heavy for a public header"


def check_todo(path, code):
    if module_of(path) in NO_TODO:
        for match in re.finditer(r"(?<![\w.])(context\s+(?:curfew::)?)?todo\s*\(", code):
            if not match[1]:    # else it is the function's own declaration
                yield line_of(code, match.start()), "no-todo", "todo() is for code that is being moved to contexts"


def check_timers(path, code):
    if module_of(path) in LIBRARY and not MAY_HAVE_A_TIMER.fullmatch(path):
        for match in re.finditer(r"\b(steady_timer|system_timer|basic_waitable_timer|high_resolution_timer)\b", code):
            yield line_of(code, match.start()), "no-raw-timer", f"{match[1]}: wait with sleep_for or the loop's deadline queue"


# Names of Asio, of Beast and of gRPC, which we cannot respell.
FOREIGN_NAMES = re.compile(r"throw_if_cancelled|channel_cancelled|(?<=[.>:])cancelled\(\)|(?<=\W)cancelled\(\)|\bCANCELLED\b")


def check_spelling(path, text):
    text = FOREIGN_NAMES.sub(lambda name: "_" * len(name[0]), text)
    for match in re.finditer(r"cancell(ed|ing|able)", text, re.I):
        yield line_of(text, match.start()), "spelling", f"{match[0]}: we write cancel{match[1].lower()}"


MACHINE_PATH = re.compile(r"(^|[^\w./-])/(work|farm|root|home/[a-z]+)/(?!\.)", re.M)


def check_paths(path, text):
    for match in MACHINE_PATH.finditer(text):
        if "/home/curfew" not in match[0]:
            yield line_of(text, match.start(2)), "machine-path", f"/{match[2]}/ exists on one machine only"


EXCERPT = re.compile(r"<!-- from: (\S+) -->\n```\w+\n(.*?)\n```", re.S)


def check_excerpts(path, text, files):
    """Code on a page is a piece of a program that is built, to the letter."""
    for match in EXCERPT.finditer(text):
        source = files.get(match[1])
        if source is None:
            yield line_of(text, match.start()), "excerpt", f"there is no {match[1]}"
        elif match[2] not in source:
            yield line_of(text, match.start()), "excerpt", f"{match[1]} does not contain this code (any more)"


def check_file(path, text, owners):
    """Yields (line, rule, what) for one file; `path` is relative to the project's root."""
    yield from check_spelling(path, text)
    yield from check_paths(path, text)
    if path.endswith((".hpp", ".cpp")):
        code = code_only(text)
        yield from check_includes(path, text, owners)
        yield from check_todo(path, code)
        yield from check_timers(path, code)
        yield from coroutine_findings(code)
        if path.endswith(".hpp") and "#pragma once" not in text:
            yield 1, "include-guard", "#pragma once is missing"


def project_files(root):
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.is_file() and path.suffix in TEXT_FILES and not NOT_OURS & set(inside.parts):
            # The lint's own folder is full of what the lint looks for.
            if inside.parts[:2] != ("tests", "lint"):
                yield inside.as_posix(), path.read_text(errors="replace")


def lint(root):
    files = dict(project_files(root))
    owners = public_headers(files)
    findings = list(check_owners(owners))
    for path, text in files.items():
        findings += [(path, *finding) for finding in check_file(path, text, owners)]
        if path.endswith(".md"):
            findings += [(path, *finding) for finding in check_excerpts(path, text, files)]
        lines = text.count("\n")
        if path.endswith(".hpp") and lines > LONG_HEADER:
            print(f"{path}: warning: {lines} lines; is it still about one thing?")
    for path, line, rule, what in findings:
        print(f"{path}:{line}: {rule}: {what}")
    print(f"{len(files)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        import self_test
        sys.exit(self_test.run(check_file, check_owners, check_excerpts))
    sys.exit(lint(pathlib.Path(sys.argv[1])))
