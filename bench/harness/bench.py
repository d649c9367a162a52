"""Where the servers and clients of one command run: their cores and their niceness."""

from . import arguments, load, server


class Bench:
    """Starts servers on one core, and makes loads that run on the other."""

    def __init__(self, args):
        self._args = args

    def running(self, tested, *, prefix=(), **how):
        """See server.running; `prefix` goes behind the niceness."""
        prefix = (*arguments.niceness(self._args), *prefix)
        return server.running(tested, cpu=self._args.server_cpu, prefix=prefix, **how)

    def load(self, **what):
        """See load.Load."""
        return load.Load(**what, cpu=self._args.client_cpu, prefix=arguments.niceness(self._args))
