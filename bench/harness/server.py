"""Servers: which there are to compare with, and one while it runs."""

import contextlib
import dataclasses
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from . import procfs, programs


@dataclasses.dataclass
class Server:
    """A program that serves HTTP on 127.0.0.1 in one thread; `{port}` in its command becomes the port."""

    name: str
    command: list
    native: bool = True  # its mallocs and instructions can be counted (Go has a runtime of its own)
    config: str = ""  # a template whose filled-in copy replaces {config} in the command
    routes: tuple = ()  # the only paths that it answers as the others do; empty: all of them

    def answers(self, path):
        return not self.routes or path in self.routes


def under_test(arguments):
    """The server named on the command line as NAME COMMAND..., or example-hello if none is."""
    if len(arguments) == 1:
        sys.exit("give the server under test as NAME COMMAND... ({port} in it becomes the port), or not at all")
    if arguments:
        return Server(arguments[0], arguments[1:] if len(arguments) > 2 else shlex.split(arguments[1]))
    return hello()


def hello():
    """example-hello: a coroutine handler behind router, tracing and timeout."""
    path = programs.example("hello")
    if not path:
        sys.exit("build/release/bin/example-hello does not exist, and no other server was named")
    return Server("curfew", [path, "127.0.0.1:{port}"])


def bench_server(threads=None):
    """Ours with all the routes that the benchmarks ask for."""
    command = [programs.built("curfew_bench"), "{port}"]
    if threads is None:
        return Server("curfew", command)
    return Server(f"{threads} thread{'s' if threads > 1 else ''}", [*command, "--threads", str(threads)])


def peers(names=("raw", "beast_plain", "go", "nginx")):
    """Those to compare with, of these names and as far as they are installed, in this order."""
    return [peer for peer in map(_peer, names) if peer]


def _peer(name):
    if name == "raw":
        return Server("raw", [programs.built("raw_epoll"), "{port}"], routes=("/", "/sleep"))
    if name == "beast_plain":
        return Server("beast_plain", [programs.built("beast_plain"), "{port}"])
    if name == "go" and programs.installed("go"):
        return Server("go", [programs.built("go_http"), "{port}"], native=False)
    if name == "nginx" and programs.installed("nginx"):
        template = os.path.join(programs.BENCH, "servers", "nginx.conf.in")
        return Server("nginx", [programs.installed("nginx"), "-c", "{config}"], config=template, routes=("/",))
    return None


class Running:
    """A started server: `port`, and the processes that belong to it."""

    def __init__(self, server, process, port):
        self.server, self.process, self.port = server, process, port

    def pids(self):
        return procfs.tree(self.process.pid)


@contextlib.contextmanager
def running(server, *, cpu, prefix=(), environment=None, pass_fds=(), patience=15, traced=False):
    """Starts `server` on a free port, pinned to `cpu`, yields it once it accepts connections, and ends it.

    `prefix` goes before the command. `traced` says that it stays there as the server's parent (strace, perf): then only
    the server is told to end, so that the tracer sees it out and writes its report.
    """
    folder = tempfile.mkdtemp(prefix="curfew-bench-")
    port = _free_port()
    command = ["taskset", "-c", str(cpu), *prefix, *_fill_in(server, port, folder)]
    said = os.path.join(folder, "said")  # a file: a pipe that nobody reads would stop the server once it is full
    # The session of its own makes a process group, so that nothing of it is left over in the end.
    with open(said, "wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "GOMAXPROCS": "1", **(environment or {})},
            pass_fds=pass_fds,
            start_new_session=True,
        )
    try:
        _await_port(process, port, patience, said)
        yield Running(server, process, port)
    finally:
        _end(process, procfs.tree(process.pid)[1:] if traced else [process.pid])
        shutil.rmtree(folder, ignore_errors=True)


def _fill_in(server, port, folder):
    config = ""
    if server.config:
        config = os.path.join(folder, "config")
        with open(server.config) as template, open(config, "w") as filled_in:
            filled_in.write(template.read().format(port=port, folder=folder))
    return [part.replace("{port}", str(port)).replace("{config}", config) for part in server.command]


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await_port(process, port, patience, said):
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        if process.poll() is not None:
            with open(said, errors="replace") as log:
                last_words = log.read().strip()[-2000:]
            sys.exit(f"{shlex.join(process.args)}\nended with {process.returncode} before it served: {last_words}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{shlex.join(process.args)}\ndoes not listen on 127.0.0.1:{port} after {patience} s")


def _end(process, servers):
    for pid in servers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
