# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""A graphics card that follows a script: the driver's library, found as the real one by the loader's search path."""
import pathlib
import os
import shutil
import subprocess
import time

from .product import ROOT
from .waiting import until

NAME = "libFakeNVML.so"


def library(folder):
    """The fake, from the debug build beside the unit tests, or made with the C compiler."""
    places = [os.environ.get("INFEROMETER_FAKES"), ROOT / ".build/debug"]
    for place in places:
        if place and (pathlib.Path(place) / NAME).exists():
            return pathlib.Path(place) / NAME
    made, sources = folder / NAME, ROOT / "Sources"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-o", made, *sources.glob("CFakeNVML/*.c"), *sources.glob("CFakeScript/*.c"),
         *(f"-I{sources / name / 'include'}" for name in ("CFakeNVML", "CFakeScript")), "-lm", "-lpthread"], check=True)
    return made


class Machine:
    """What stands for the machine's hardware: an empty `/`, and a script of cards if there is one.

    The script's time 0 is when this is made. Curves are (seconds, watts) between which power goes in straight lines.
    """

    def __init__(self, folder, script=None, processes=False):
        self.folder = pathlib.Path(folder)
        self.root = self.folder / "root"
        self.root.mkdir(parents=True)
        if processes:
            (self.root / "proc").symlink_to("/proc")
        self.variables = {"INFEROMETER_SYSFS_ROOT": str(self.root), "INFEROMETER_METER_LOCK": str(self.folder / "lock")}
        # A copy for each process: the loader gives one instance of a library to each file.
        if script is not None:
            shutil.copy(library(self.folder), self.folder / "libnvidia-ml.so.1")
            self.origin = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
            (self.folder / "script").write_text(f"clock real origin_ns={self.origin}\n{script}\n")
            self.variables |= {"LD_LIBRARY_PATH": str(self.folder), "FAKE_NVML_SCRIPT": str(self.folder / "script")}

    @property
    def now(self):
        """Seconds on the script's time line."""
        return (time.clock_gettime_ns(time.CLOCK_BOOTTIME) - self.origin) / 1e9

    def reach(self, seconds):
        until(lambda: self.now >= seconds, seconds + 1, f"second {seconds} of the script")


class Curve:
    """Power over time, as the script has it."""

    def __init__(self, *points):
        self.points = points

    @property
    def line(self):
        return "power " + " ".join(f"{seconds}:{watts}" for seconds, watts in self.points)

    def joules(self, start, end):
        points = [(float("-inf"), self.points[0][1]), *self.points, (float("inf"), self.points[-1][1])]
        return sum(self._part(first, second, start, end) for first, second in zip(points, points[1:]))

    @staticmethod
    def _part(first, second, start, end):
        (begin, low), (finish, high) = first, second
        left, right = max(begin, start), min(finish, end)
        if right <= left:
            return 0.0
        if low == high:
            return low * (right - left)
        slope = (high - low) / (finish - begin)
        return (right - left) * (low + slope * ((left + right) / 2 - begin))


def steps(*levels):
    """A curve of levels, each from a time on."""
    points, watts = [], None
    for seconds, level in levels:
        if watts is not None:
            points.append((seconds, watts))
        points.append((seconds, level))
        watts = level
    return Curve(*points)


def nanojoules(joules):
    """Whole nanojoules: a double holds them exactly up to 9 MJ."""
    return round(joules * 1e9)
