"""What the servers are asked to do, by name."""

import dataclasses
import os

from . import programs, server

EVERYBODY = ("raw", "beast_plain", "go", "nginx")


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A load, and who is compared under it."""

    what: str
    connections: int = 64
    depth: int = 1
    path: str = "/"
    headers: str = ""
    body: str = ""
    peers: tuple = EVERYBODY
    tested: str = "hello"  # or "bench", which has more routes
    both_cores: bool = False  # the client shares the server's


SCENARIOS = {
    "hello": Scenario("small requests"),
    "browser": Scenario("small requests with eight headers of a browser", headers="browser"),
    "pipelined": Scenario("small requests, 16 of them at a time on each connection", depth=16),
    "one": Scenario("small requests on one connection", connections=1),
    "timers": Scenario("handlers that each await 10 ms", connections=5000, path="/sleep", tested="bench",
                       peers=("raw", "beast_plain", "go")),
    "json-echo": Scenario("JSON of 1 KB, parsed and written again", path="/echo", body="order.json", tested="bench",
                          peers=("beast_plain", "go")),
    "upload": Scenario("uploads of 1 MB, read as a whole", connections=16, path="/upload", body="1 MB", tested="bench",
                       peers=("beast_plain", "go")),
    "download": Scenario("downloads of 64 MB, in pieces of 64 KB", connections=4, path="/download", tested="bench",
                         peers=("beast_plain", "go")),
    "two-threads": Scenario("small requests, two threads against one", tested="two-threads", peers=("one-thread",),
                            both_cores=True),
}

_MEGABYTE = 1_000_000


def servers(scenario):
    """(the server under test, its peers)"""
    makers = {"hello": server.hello, "bench": server.bench_server, "two-threads": lambda: server.bench_server(threads=2)}
    tested = makers[scenario.tested]()
    if scenario.both_cores:
        return tested, [server.bench_server(threads=1)]
    return tested, server.peers(scenario.peers)


def load(scenario):
    """The arguments of load.Load that describe it."""
    return {
        "connections": scenario.connections, "depth": scenario.depth, "path": scenario.path,
        "headers": headers_file(scenario.headers), "body": body_file(scenario.body),
    }


def headers_file(name):
    """The file that `browser` stands for; other names are files."""
    return os.path.join(programs.BENCH, "headers", "browser.txt") if name == "browser" else name


def body_file(name):
    """The file of a body that has a name here; other names are files."""
    if name == "1 MB":
        return programs.file_of_size(_MEGABYTE)
    known = os.path.join(programs.BENCH, "bodies", name)
    return known if name and os.path.exists(known) else name
