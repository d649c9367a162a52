"""Arguments that every command takes."""

import argparse
import os


def parser(description, epilog=""):
    """A parser with the arguments of every command."""
    made = argparse.ArgumentParser(
        description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    cores = sorted(os.sched_getaffinity(0))
    made.add_argument("--server-cpu", type=int, default=cores[0], metavar="N", help="core of the servers (default: the first)")
    made.add_argument("--client-cpu", type=int, default=cores[-1], metavar="N", help="core of the clients (default: the last)")
    made.add_argument("--nice", type=int, metavar="N", help="niceness of servers and clients; below 0 needs root")
    made.add_argument("--no-build", action="store_true", help="take the programs as they are")
    made.add_argument(
        "server", nargs=argparse.REMAINDER, metavar="[NAME COMMAND...]",
        help="the server under test; {port} in its command becomes the port (default: curfew, example-hello)",
    )
    return made


def add_load(made):
    """Adds the arguments that describe what is asked of the servers."""
    made.add_argument("--path", help="what is requested (default /)")
    made.add_argument("--depth", type=int, metavar="N", help="pipelined requests per connection (default 1)")
    made.add_argument("--headers", metavar="FILE", help="lines to add; `browser` stands for eight usual ones")
    made.add_argument("--body", metavar="FILE", help="POST this file")


def add_gate(made, name, help):
    """Adds a limit that can also come from the environment: --min-rps-vs-beast or MIN_RPS_VS_BEAST."""
    variable = name.upper().replace("-", "_")
    made.add_argument(f"--{name}", type=float, metavar="X", help=f"{help} (or {variable}=X)", default=_number(variable))


def niceness(args):
    """The prefix that gives a command its niceness."""
    return () if args.nice is None else ("nice", "-n", str(args.nice))


def _number(variable):
    return float(os.environ[variable]) if os.environ.get(variable) else None
