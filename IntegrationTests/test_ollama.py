# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Ollama's own client library, before a scripted server (see support/ollama.py)."""
import ollama
import pytest

from support.ollama import COUNTS, ScriptedOllama
from support.product import Serve


@pytest.fixture(scope="module")
def server():
    with ScriptedOllama() as server:
        yield server


@pytest.fixture(scope="module")
def before_ollama(server, tmp_path_factory):
    serve = Serve(tmp_path_factory.mktemp("ollama"), upstreams=[server.url])
    yield serve
    assert serve.stop() == 0


@pytest.fixture
def client(before_ollama):
    return ollama.Client(host=before_ollama.url)


def newest(serve):
    """The record of the call just made, which the client library gives no header of."""
    serve.made = getattr(serve, "made", 0) + 1
    return serve.database.await_count(serve.made)[0]


def check_counts(record):
    assert record["outcome"] == "completed"
    assert record["engine"] == "ollama"
    assert record["prompt_tokens"] == COUNTS["prompt_eval_count"]
    assert record["completion_tokens"] == COUNTS["eval_count"]
    assert record["token_source"] == "usage"
    assert record["finish_reason"] == "stop"
    assert record["load_seconds"] == pytest.approx(1.0)
    assert record["engine_prefill_seconds"] == pytest.approx(0.13)
    assert record["engine_decode_seconds"] == pytest.approx(0.25)
    assert (record["cost_usd"], record["price_source"]) == (0, "local")


@pytest.mark.parametrize("streamed", [True, False])
def test_chat(client, before_ollama, streamed):
    answer = client.chat("llama3.2", [{"role": "user", "content": "Why is the sky blue?"}], stream=streamed)
    text = "".join(part.message.content for part in answer) if streamed else answer.message.content
    assert text == "The sky is blue."
    record = newest(before_ollama)
    check_counts(record)
    assert record["operation"] == "chat"
    assert record["is_streaming"] is streamed
    assert (record["ttft"] is not None) is streamed


@pytest.mark.parametrize("streamed", [True, False])
def test_generate(client, before_ollama, streamed):
    answer = client.generate("llama3.2", "Why?", stream=streamed)
    text = "".join(part.response for part in answer) if streamed else answer.response
    assert text == "The sky is blue."
    record = newest(before_ollama)
    check_counts(record)
    assert record["operation"] == "generate"


def test_embed(client, before_ollama):
    answer = client.embed("llama3.2", ["one", "two"])
    assert len(answer.embeddings) == 2
    record = newest(before_ollama)
    assert record["operation"] == "embedding"
    assert record["prompt_tokens"] == 8
    assert record["completion_tokens"] in (None, 0)


def test_an_error_in_the_stream_is_a_failed_call(client, before_ollama):
    with pytest.raises(ollama.ResponseError):
        list(client.generate("breaks", "Why?", stream=True))
    record = newest(before_ollama)
    assert (record["outcome"], record["error_kind"], record["http_status"]) == ("failed", "engine_error", 200)


def test_what_is_not_metered_passes_through(client, before_ollama):
    assert [model.model for model in client.list().models] == ["llama3.2"]
    assert len(before_ollama.database.records()) == before_ollama.made
