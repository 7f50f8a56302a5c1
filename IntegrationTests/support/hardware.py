# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Hardware that is not there: a powercap tree whose counters run, and NVIDIA's library by a script."""
import os
import pathlib
import shutil
import threading
import time

from .energy import library

RANGE = 262_143_328_850


class Powercap:
    """Zones by their paths, each with a name, watts, and perhaps a start and a range in microjoules."""

    def __init__(self, folder, zones, period=0.004):
        self.root, self.zones, self.period = pathlib.Path(folder), dict(zones), period
        self.over = threading.Event()
        self.began = time.monotonic()
        for path, zone in self.zones.items():
            home = self._home(path)
            home.mkdir(parents=True)
            (home / "name").write_text(zone["name"] + "\n")
            (home / "max_energy_range_uj").write_text(f"{zone.get('range', RANGE)}\n")
            flat = self.root / "sys/class/powercap" / path.split("/")[-1]
            flat.parent.mkdir(parents=True, exist_ok=True)
            flat.symlink_to(os.path.relpath(home, flat.parent))
        self.publish()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _home(self, path):
        return self.root / "sys/devices/virtual/powercap" / path.split(":")[0] / path

    def publish(self):
        elapsed = time.monotonic() - self.began
        for path, zone in self.zones.items():
            if zone.get("gone"):
                continue
            count = zone.get("start", 0) + int(zone["watts"] * elapsed * 1e6)
            file = self._home(path) / "energy_uj"
            fresh = file.with_suffix(".new")
            fresh.write_text(f"{count % (zone.get('range', RANGE) + 1)}\n")
            os.replace(fresh, file)

    def remove(self, path):
        """The counter vanishes, as when a driver is unloaded."""
        self.zones[path]["gone"] = True
        for _ in range(50):
            (self._home(path) / "energy_uj").unlink(missing_ok=True)
            if not self.over.wait(0.005) and not (self._home(path) / "energy_uj").exists():
                return

    def _run(self):
        while not self.over.wait(self.period):
            self.publish()

    def stop(self):
        self.over.set()
        self.thread.join()


def fake_nvidia(folder, script):
    """The environment in which the loader finds a library that follows a script."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(library(folder), folder / "libnvidia-ml.so.1")
    (folder / "script").write_text(script)
    return {"LD_LIBRARY_PATH": str(folder), "FAKE_NVML_SCRIPT": str(folder / "script")}
