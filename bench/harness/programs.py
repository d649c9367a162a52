"""Building the programs of the harness, and finding those of others."""

import functools
import os
import resource
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(ROOT, "bench")
BUILD = os.path.join(ROOT, "build", "release")


def build():
    """Brings the release preset's `bench` target up to date; says what the compiler said only if it failed."""
    if os.path.exists(os.path.join(BUILD, "CMakeCache.txt")):
        configure = ["cmake", "-S", ROOT, "-B", BUILD]
    else:
        configure = ["cmake", "--preset", "release", "-DCURFEW_BUILD_TESTS=OFF"]
    for command in (
        [*configure, "-DCURFEW_BUILD_BENCH=ON"],
        ["cmake", "--build", BUILD, "--target", "bench", "--parallel", str(os.cpu_count() or 1)],
    ):
        made = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if made.returncode != 0:
            sys.exit(f"{made.stdout}\nfailed: {' '.join(command)}")


def built(name):
    """The path of a program that `build` has made, or None."""
    path = os.path.join(BUILD, "bench", name)
    return path if os.path.exists(path) else None


def example(name):
    """The path of one of the project's examples, or None."""
    path = os.path.join(BUILD, "bin", f"example-{name}")
    return path if os.path.exists(path) else None


@functools.cache
def installed(name):
    """The path of a program on this machine, or None, said once on stderr: a peer or counter then stays out of the tables."""
    path = shutil.which(name)
    if not path:
        print(f"{name}: skipped: not installed", file=sys.stderr)
    return path


def file_of_size(size):
    """The path of a file of so many bytes, which is made if it is not there."""
    path = os.path.join(BUILD, "bench", f"{size}.bin")
    if not os.path.exists(path) or os.path.getsize(path) != size:
        with open(path, "wb") as file:
            file.write(b"x" * size)
    return path


def allow_many_descriptors():
    """Raises the limit for this process and those that it starts: a connection is a descriptor."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
