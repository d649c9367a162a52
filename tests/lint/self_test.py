"""Sources that the lint must complain about, each with the rule, and near-identical ones that it must let pass."""

OWNERS = {
    "curfew/context.hpp": ["context"],
    "curfew/url.hpp": ["http"],
    "curfew/server.hpp": ["server"],
    "curfew/middleware/timeout.hpp": ["middleware"],
    "curfew/testing/test_loop.hpp": ["tests/support"],
}
ONCE = "#pragma once\n"
HERE = "/" + "root"

# (rule, path, wrong, right)
CASES = [
    ("include-direction", "context/src/a.cpp", "#include <curfew/url.hpp>", "#include <curfew/context.hpp>"),
    ("include-direction", "http/src/a.cpp", "#include <curfew/server.hpp>", "#include <curfew/context.hpp>"),
    ("include-direction", "server/src/a.cpp", "#include <curfew/middleware/timeout.hpp>", "#include <curfew/url.hpp>"),
    ("include-direction", "server/src/a.cpp", "#include <curfew/testing/test_loop.hpp>", "#include <curfew/server.hpp>"),
    ("include-direction", "server/src/a.cpp", '#include "curfew/server.hpp"', '#include "session.hpp"'),
    ("include-direction", "server/src/a.cpp", '#include "../../context/src/node.hpp"', '#include "node.hpp"'),
    ("include-direction", "server/src/a.cpp", "#include <curfew/nothing.hpp>", "// #include nothing"),
    ("include-direction", "server/include/curfew/a.hpp", ONCE + '#include "a.hpp"', ONCE + "#include <curfew/url.hpp>"),
    ("light-headers", "server/include/curfew/a.hpp", ONCE + "#include <boost/beast/core.hpp>", ONCE + "#include <boost/asio/awaitable.hpp>"),
    ("light-headers", "http/include/curfew/a.hpp", ONCE + "#include <nlohmann/json.hpp>", ONCE + "#include <nlohmann/json_fwd.hpp>"),
    ("include-guard", "http/src/a.hpp", "int a;", ONCE + "int a;"),
    ("no-todo", "handlers/a.cpp", "auto ctx = curfew::todo();", "auto ctx = curfew::background(io); // todo() is not allowed"),
    ("no-todo", "examples/a.cpp", "f(todo());", 'f("todo()");'),
    ("no-todo", "context/src/a.cpp", "return todo();", "context todo(std::source_location where)"),
    ("no-raw-timer", "server/src/a.cpp", "asio::steady_timer t;", "deadline_entry t;"),
    ("no-raw-timer", "middleware/src/a.cpp", "basic_waitable_timer<clock> t;", "// a steady_timer would do"),
    ("spelling", "docs/a.md", "The request was " + "cancel" + "led.", "The request was canceled."),
    ("spelling", "server/src/a.cpp", "bool cancel" + "led_;", "state.cancelled(); x = ec == channel_errc::channel_cancelled;"),
    ("machine-path", "docs/a.md", f"see {HERE}/project/x", "see docs/x and https://example.org/root/x"),
    ("machine-path", "bench/a.cpp", f'open("{HERE}/x");', 'open("/tmp/x");'),
    ("coroutine", "tests/a.cpp", "co_await f([c] { g(c); });", "co_await f([&c] { g(c); });"),
    ("coroutine", "tests/a.cpp", "co_await f([c = std::move(c)]() mutable { g(c); });", "co_await f(std::move(named));"),
    ("coroutine", "tests/a.cpp", "co_await [c]() -> task<> { co_return; }();", "co_await []() -> task<> { co_return; }();"),
    ("coroutine", "tests/a.cpp", "co_await f([&, c] { g(); });", "co_await f([&] { auto h = [c] { g(c); }; return h; });"),
    ("coroutine", "tests/a.cpp", "co_await f(\n    [=] { g(); });", "co_await f(values[i], [this] { g(); });"),
    ("coroutine", "tests/a.cpp", "co_await f([&] { a(); }, [c] { g(c); });", "co_await f([&] { a(); }, [&] { g(c); });"),
    ("coroutine", "tests/a.cpp", "co_await f(point{1, 2});", "const point p{1, 2}; co_await f(p);"),
    ("coroutine", "tests/a.cpp", "co_await f({.x = 1});", "if (co_await f(1)) { g(); }"),
    ("coroutine", "tests/a.cpp", "co_return point{co_await x(), 1};", "auto f = [&]() -> task<int> { co_return co_await x(); };"),
    ("coroutine", "tests/a.cpp", "point p{int(co_await x())};", "task<int> f() { int n = 1; { co_await x(); } }"),
    ("coroutine", "tests/a.cpp", "point p{co_await x()};", "switch (n) { case 0: { co_await x(); } default: { co_await y(); } }"),
    ("coroutine", "tests/a.cpp", "auto [a, b] = co_await f();", "auto both = co_await f(); auto& [a, b] = both;"),
]


PAGE = "<!-- from: examples/a.cpp -->\n```cpp\nint a;\n```\n"


def run(check_file, check_owners, check_excerpts):
    failures = []
    for rule, path, wrong, right in CASES:
        if rule not in {found for _, found, _ in check_file(path, wrong, OWNERS)}:
            failures.append(f"{rule} let this pass:\n{wrong}")
        if complaints := list(check_file(path, right, OWNERS)):
            failures.append(f"this is right:\n{right}\nyet: {complaints}")
    if not list(check_owners({"curfew/a.hpp": ["http", "server"]})) or list(check_owners(OWNERS)):
        failures.append("one-owner does not work")
    if list(check_excerpts("a.md", PAGE, {"examples/a.cpp": "int a;\nint b;\n"})):
        failures.append("excerpt complains about code that is there")
    if not all(list(check_excerpts("a.md", PAGE, files)) for files in ({}, {"examples/a.cpp": "int c;\n"})):
        failures.append("excerpt lets code pass that is nowhere")
    print(*failures, sep="\n\n")
    print(f"{len(CASES) + 3} cases, {len(failures)} failures")
    return 1 if failures else 0
