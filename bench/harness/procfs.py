"""What /proc says about a process and all its descendants."""

import os
import re

_TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid):
    """`pid` and its descendants."""
    pids = [pid]
    for task in _list(f"/proc/{pid}/task"):
        for child in _read(f"/proc/{pid}/task/{task}/children").split():
            pids += tree(int(child))
    return pids


def cpu_seconds(pids):
    """Time on a CPU, user and system, to the nanosecond."""
    total = 0
    for pid in pids:
        for task in _list(f"/proc/{pid}/task"):
            total += int((_read(f"/proc/{pid}/task/{task}/schedstat") or "0").split()[0])
    return total / 1e9


def user_and_system_seconds(pids):
    """The two parts of it, to the clock tick: good for their proportion."""
    user = system = 0
    for pid in pids:
        fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        user += int(fields[11])
        system += int(fields[12])
    return user / _TICKS, system / _TICKS


def resident_bytes(pids):
    """Resident memory; what the kernel holds for sockets is not in it. Counted page by page: the sums in `status` lag."""
    return 1024 * sum(int(kb) for pid in pids for kb in re.findall(r"^Rss:\s+(\d+)", _read(f"/proc/{pid}/smaps_rollup"), re.M))


def _list(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
