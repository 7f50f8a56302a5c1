# Inferometer
# SPDX-License-Identifier: Apache-2.0
import itertools
import signal

import pytest

from support.engine import LlamaCpp, make_model
from support.product import BINARY, Serve


@pytest.fixture(scope="session", autouse=True)
def signals():
    """Under nohup a process inherits SIGHUP as ignored, in the background of a script SIGINT and SIGQUIT, and so would all
    that is started here."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def binary():
    assert BINARY.exists(), f"{BINARY} is missing: run 'make test', or 'swift build -c release' first"
    return BINARY


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {
        "tiny": make_model(folder / "tiny.gguf"),
        "think": make_model(folder / "think.gguf", "--think"),
        # Slow enough that something can happen in the middle of an answer.
        "slow": make_model(folder / "slow.gguf", "--dim", "512", "--layers", "8"),
    }


def running(models, tmp_path_factory, name, *options):
    engine = LlamaCpp(models[name], tmp_path_factory.mktemp("engine") / f"{name}.log", "--alias", name, *options)
    return engine.start()


@pytest.fixture(scope="session")
def engine(models, tmp_path_factory):
    engine = running(models, tmp_path_factory, "tiny")
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def thinking_engine(models, tmp_path_factory):
    engine = running(models, tmp_path_factory, "think")
    yield engine
    engine.stop()


@pytest.fixture
def slow_engine(models, tmp_path_factory):
    """An engine that a test may kill."""
    engine = running(models, tmp_path_factory, "slow", "--context", "16384")
    yield engine
    engine.stop()


@pytest.fixture
def start(tmp_path):
    """Starts `serve` as often as a test likes; all are ended after it."""
    started, numbers = [], itertools.count()

    def begin(*options, folder=None, **more):
        started.append(Serve(folder or tmp_path / f"serve{next(numbers)}", *options, **more))
        return started[-1]
    yield begin
    for serve in started:
        if serve.process.poll() is None:
            serve.stop()


@pytest.fixture(scope="module")
def serve(engine, tmp_path_factory):
    """One `serve` before the tiny engine for the tests of a module."""
    serve = Serve(tmp_path_factory.mktemp("serve"), upstreams=[engine.url])
    yield serve
    assert serve.stop() == 0
