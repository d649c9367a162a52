"""Where the servers and clients of one command run: their cores and their niceness."""

from . import arguments, load, programs, server


class Bench:
    """Starts servers on one core, and makes loads that run on the other; or both on both."""

    def __init__(self, args, *, both_cores=False):
        programs.allow_many_descriptors()
        both = f"{args.server_cpu},{args.client_cpu}"
        self._server_cpu = both if both_cores else args.server_cpu
        self._client_cpu = both if both_cores else args.client_cpu
        self._niceness = arguments.niceness(args)

    def running(self, tested, *, prefix=(), **how):
        """See server.running; `prefix` goes behind the niceness."""
        return server.running(tested, cpu=self._server_cpu, prefix=(*self._niceness, *prefix), **how)

    def client(self, *command):
        """The command of a client program, where clients run."""
        return ["taskset", "-c", str(self._client_cpu), *self._niceness, *map(str, command)]

    def on_server_core(self, *command):
        """The command of a program that needs no client."""
        return ["taskset", "-c", str(self._server_cpu), *self._niceness, *map(str, command)]

    def load(self, **what):
        """See load.Load."""
        return load.Load(**what, cpu=self._client_cpu, prefix=self._niceness)
