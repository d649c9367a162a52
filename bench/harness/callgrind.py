"""Instructions in user space, by valgrind's callgrind."""

import os
import re
import tempfile

from . import load


def per_request(bench, tested, asked, *, requests, keep_profile=None):
    """Instructions for each request: the difference of a short and a long run, so that starting drops out."""
    with tempfile.TemporaryDirectory() as folder:
        profile = os.path.join(folder, "profile")
        short = _total(bench, tested, asked, requests // 4, profile)
        long = _total(bench, tested, asked, requests // 4 + requests, profile)
        if keep_profile:
            os.replace(profile, keep_profile)
    return (long - short) / requests


def _total(bench, tested, asked, requests, profile):
    tool = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}")
    with bench.running(tested, prefix=tool, patience=60) as started:
        load.run(asked, started.port, requests=requests)
    with open(profile, errors="replace") as written:  # when the server ended
        return int(re.search(r"^(?:totals|summary): (\d+)", written.read(), re.M).group(1))
