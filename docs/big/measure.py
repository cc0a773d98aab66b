#!/usr/bin/env python3
"""`measure.py WHAT COMMAND...` runs a command and tells its time, and the most memory that one of its processes (Java
too, where Spark starts it) has had in itself."""

import subprocess
import sys
import time
from pathlib import Path


def processes():
    """Every process with its parent; what ends meanwhile is left out."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield int(folder.name), int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue


def peak_kib(pid):
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def main():
    what, command = sys.argv[1], sys.argv[2:]
    began, peak = time.monotonic(), 0
    with subprocess.Popen(command) as started:
        while started.poll() is None:
            parents = dict(processes())
            family = {started.pid}
            # A child is often numbered after its parent, but not always: until nobody is added.
            while more := {pid for pid, parent in parents.items() if parent in family} - family:
                family |= more
            peak = max(peak, *map(peak_kib, family))
            time.sleep(0.05 if time.monotonic() - began < 5 else 0.5)
    print(f"{what}: {time.monotonic() - began:.1f} s, {peak / 1024:.0f} MiB", file=sys.stderr)
    sys.exit(started.returncode)


if __name__ == "__main__":
    main()
