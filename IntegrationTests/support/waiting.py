# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Waiting for a thing to become true, never for time to pass."""
import selectors
import threading
import time

_pause = threading.Event()


def until(question, seconds=10.0, what="it to become true"):
    """The first truthy answer to a question; fails when none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s for {what}")
        _pause.wait(0.01)


def first_line(process, seconds=30.0):
    """The first line that a process prints, as far as it came in time; empty if it ended first."""
    line, deadline = b"", time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n") and selector.select(max(0.0, deadline - time.monotonic())):
            byte = process.stdout.read(1)
            if not byte:
                break
            line += byte
    return line.decode()
