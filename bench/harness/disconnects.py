"""How long after a client's close() the server's handler learns of it, by clients/disconnect.c."""

import json
import os
import subprocess

from . import load, programs, server


def measure(bench, tested, *, how, in_flight, count):
    """What clients/disconnect.c prints, as a dict; `how` is fin or rst.

    The server gets the number of an open file as its last argument.
    """
    reports, reporting = os.pipe()
    try:
        command = server.Server(tested.name, [*tested.command, str(reporting)])
        with bench.running(command, pass_fds=(reporting,)) as started:
            client = subprocess.run(
                bench.client(programs.built("disconnect"), started.port, count, in_flight, how, reports),
                pass_fds=(reports,), capture_output=True, text=True,
            )
        if client.returncode != 0:
            raise load.LoadError(client.stderr.strip())
        return json.loads(client.stdout)
    finally:
        os.close(reports)
        os.close(reporting)
