# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""The real llama.cpp, in a process of its own."""
import json
import pathlib
import signal
import subprocess
import sys
import urllib.request

from .waiting import first_line

ENGINES = pathlib.Path(__file__).resolve().parents[2] / "engines"


def make_model(path, *options):
    subprocess.run([sys.executable, ENGINES / "make_gguf.py", path, *options], check=True)
    return path


class LlamaCpp:
    """A llama.cpp server that can be killed and started again on the same port."""

    def __init__(self, model, log, *options):
        self.model, self.log, self.options = model, log, options
        self.port, self.process = 0, None

    def start(self):
        command = [sys.executable, ENGINES / "serve_llamacpp.py", self.model, "--port", str(self.port), *self.options]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, bufsize=0)
        line = first_line(self.process)
        assert line.startswith("READY "), f"llama.cpp did not start: {self.log.read_text()[-2000:]}"
        self.url = line.split()[1]
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=20)

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read()

    def post(self, path, body):
        """An answer of the engine itself, with nothing in between."""
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def busy_slots(self):
        return sum(slot["is_processing"] for slot in json.loads(self.get("/slots")))
