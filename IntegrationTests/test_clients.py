# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Real client libraries and curl before a real engine: records hold what the engine itself counted."""
import json
import subprocess

import anthropic
import openai
import pytest

MESSAGES = [{"role": "user", "content": "Tell me about the energy of a token."}]
QUIET = {"seed": 7, "temperature": 0.5}
TOOLS = [{"type": "function", "function": {
    "name": "look", "parameters": {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]}}}]


@pytest.fixture(scope="module")
def client(serve):
    return openai.OpenAI(base_url=serve.url + "/v1", api_key="none", max_retries=0)


def check(record, usage, operation, streamed):
    """The record against the engine's own usage."""
    assert record["outcome"] == "completed"
    assert record["http_status"] == 200
    assert record["error_kind"] is None
    assert record["engine"] == "llama.cpp"
    assert record["operation"] == operation
    assert record["is_streaming"] is streamed
    assert record["token_source"] == "usage"
    assert record["prompt_tokens"] == usage["prompt_tokens"]
    assert record["completion_tokens"] == usage["completion_tokens"]
    if usage["prompt_tokens"] is not None:
        assert record["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert record["latency_seconds"] > 0
    assert record["energy_joules"] is None and record["energy_reason"]
    assert (record["cost_usd"], record["price_source"]) == (0, "local")
    assert (record["ttft"] is None) is not streamed
    if streamed:
        assert 0 < record["ttft"] <= record["latency_seconds"]


def check_timings(record, timings):
    """The record against llama.cpp's own clock."""
    assert record["engine_prefill_seconds"] == pytest.approx(timings["prompt_ms"] / 1e3, abs=2e-6)
    assert record["engine_decode_seconds"] == pytest.approx(timings["predicted_ms"] / 1e3, abs=2e-6)
    assert record["prompt_tokens_evaluated"] == timings["prompt_n"]
    assert record["cached_tokens"] == timings["cache_n"]


def record_of(serve, response):
    return serve.database.find(response.headers["x-inferometer-record"])


def test_chat(serve, client):
    raw = client.chat.completions.with_raw_response.create(model="tiny", messages=MESSAGES, max_tokens=24, **QUIET)
    answer = json.loads(raw.content)
    record = record_of(serve, raw)
    check(record, answer["usage"], "chat", streamed=False)
    check_timings(record, answer["timings"])
    assert record["finish_reason"] == answer["choices"][0]["finish_reason"]
    assert (record["requested_model"], record["model_id"]) == ("tiny", "tiny")


def test_chat_streamed_with_usage(serve, client):
    raw = client.chat.completions.with_raw_response.create(
        model="tiny", messages=MESSAGES, max_tokens=24, stream=True, stream_options={"include_usage": True}, **QUIET)
    chunks = list(raw.parse())
    last = chunks[-1]
    assert last.choices == []
    record = record_of(serve, raw)
    check(record, last.usage.model_dump(), "chat", streamed=True)
    check_timings(record, last.model_extra["timings"])
    assert record["chunk_count"] >= 1


def test_chat_streamed_without_usage_hides_the_chunk_it_asked_for(serve, client, engine):
    before = counters(engine)
    raw = client.chat.completions.with_raw_response.create(
        model="tiny", messages=MESSAGES, max_tokens=24, stream=True, **QUIET)
    chunks = list(raw.parse())
    assert all(chunk.choices for chunk in chunks)
    assert all(chunk.usage is None for chunk in chunks)
    record = record_of(serve, raw)
    after = counters(engine)
    predicted = after["llamacpp:tokens_predicted_total"] - before["llamacpp:tokens_predicted_total"]
    evaluated = after["llamacpp:prompt_tokens_total"] - before["llamacpp:prompt_tokens_total"]
    assert (record["completion_tokens"], record["prompt_tokens_evaluated"]) == (predicted, evaluated)
    assert record["token_source"] == "usage"


def counters(engine):
    lines = engine.get("/metrics").decode().splitlines()
    return {name: int(float(value)) for name, value in (line.split() for line in lines if not line.startswith("#"))}


@pytest.mark.parametrize("streamed", [True, False])
def test_completion(serve, client, streamed):
    options = {"stream": True, "stream_options": {"include_usage": True}} if streamed else {}
    raw = client.completions.with_raw_response.create(
        model="tiny", prompt="The energy of a", max_tokens=16, **QUIET, **options)
    usage = list(raw.parse())[-1].usage.model_dump() if streamed else json.loads(raw.content)["usage"]
    check(record_of(serve, raw), usage, "completion", streamed)


def test_embedding(serve, client):
    raw = client.embeddings.with_raw_response.create(model="tiny", input=["one model", "two tokens"])
    answer = raw.parse()
    assert len(answer.data) == 2
    record = record_of(serve, raw)
    assert record["operation"] == "embedding"
    assert record["outcome"] == "completed"
    assert record["prompt_tokens"] == record["total_tokens"] == answer.usage.prompt_tokens
    assert record["ttft"] is None


@pytest.mark.parametrize("streamed", [True, False])
def test_response(serve, client, streamed):
    raw = client.responses.with_raw_response.create(
        model="tiny", input="Tell me more.", max_output_tokens=16, stream=streamed, **{"temperature": 0.5})
    if streamed:
        events = list(raw.parse())
        usage = next(event.response.usage for event in reversed(events) if event.type == "response.completed")
    else:
        usage = raw.parse().usage
    counted = {"prompt_tokens": usage.input_tokens, "completion_tokens": usage.output_tokens}
    check(record_of(serve, raw), counted, "response", streamed)


@pytest.mark.parametrize("streamed", [True, False])
def test_anthropic_message(serve, streamed):
    client = anthropic.Anthropic(base_url=serve.url, api_key="none", max_retries=0)
    raw = client.messages.with_raw_response.create(model="tiny", messages=MESSAGES, max_tokens=16, stream=streamed)
    if streamed:
        events = list(raw.parse())
        # llama.cpp leaves out the first event where the first token is an unfinished character.
        began = next((event.message.usage for event in events if event.type == "message_start"), None)
        ended = next(event.usage for event in events if event.type == "message_delta")
        usage = {"prompt_tokens": began and all_input(began), "completion_tokens": ended.output_tokens}
    else:
        answer = raw.parse().usage
        usage = {"prompt_tokens": all_input(answer), "completion_tokens": answer.output_tokens}
    check(record_of(serve, raw), usage, "message", streamed)


def all_input(usage):
    return usage.input_tokens + (usage.cache_read_input_tokens or 0) + (usage.cache_creation_input_tokens or 0)


@pytest.mark.parametrize("streamed", [True, False])
def test_tool_call(serve, client, streamed):
    options = {"stream": True, "stream_options": {"include_usage": True}} if streamed else {}
    raw = client.chat.completions.with_raw_response.create(
        model="tiny", messages=MESSAGES, tools=TOOLS, tool_choice="required", max_tokens=60, **QUIET, **options)
    if streamed:
        chunks = list(raw.parse())
        usage = chunks[-1].usage.model_dump()
        called = any(choice.delta.tool_calls for chunk in chunks for choice in chunk.choices)
    else:
        answer = json.loads(raw.content)
        usage, called = answer["usage"], answer["choices"][0]["message"].get("tool_calls")
    record = record_of(serve, raw)
    assert record["completion_tokens"] == usage["completion_tokens"]
    assert record["prompt_tokens"] == usage["prompt_tokens"]
    if streamed and called:
        assert record["ttft"] is not None


def test_several_choices_are_summed(serve, client, engine):
    before = counters(engine)["llamacpp:tokens_predicted_total"]
    raw = client.chat.completions.with_raw_response.create(
        model="tiny", messages=MESSAGES, max_tokens=12, n=2, stream=True, stream_options={"include_usage": True}, **QUIET)
    chunks = list(raw.parse())
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    record = record_of(serve, raw)
    assert record["completion_tokens"] == sum(usage.completion_tokens for usage in usages)
    assert record["completion_tokens"] == counters(engine)["llamacpp:tokens_predicted_total"] - before
    assert record["prompt_tokens"] == usages[0].prompt_tokens


def test_a_thought_is_the_first_token_but_not_the_first_answer(thinking_engine, start):
    serve = start(upstreams=[thinking_engine.url])
    client = openai.OpenAI(base_url=serve.url + "/v1", api_key="none", max_retries=0)
    raw = client.chat.completions.with_raw_response.create(
        model="think", messages=MESSAGES, max_tokens=32, stream=True, stream_options={"include_usage": True}, **QUIET)
    chunks = list(raw.parse())
    thought = any((choice.delta.model_extra or {}).get("reasoning_content") for chunk in chunks for choice in chunk.choices)
    answered = any(choice.delta.content for chunk in chunks for choice in chunk.choices)
    record = record_of(serve, raw)
    assert thought
    assert record["ttft"] is not None
    assert (record["time_to_first_answer"] is not None) is answered
    assert record["completion_tokens"] == chunks[-1].usage.completion_tokens


@pytest.mark.parametrize("body", [
    {"max_tokens": 8}, {"max_tokens": 8, "stream": True}, {"max_tokens": 8, "stream": True, "n": 2},
], ids=["whole", "streamed", "two choices"])
def test_curl(serve, tmp_path, body):
    whole = {"model": "tiny", "messages": MESSAGES} | QUIET | body
    heads = tmp_path / "heads"
    done = subprocess.run(["curl", "-sS", "--no-buffer", "-D", heads, "-H", "Content-Type: application/json",
                           "-d", json.dumps(whole), serve.url + "/v1/chat/completions"],
                          capture_output=True, text=True, timeout=60, check=True)
    headers = dict(line.lower().split(": ", 1) for line in heads.read_text().splitlines() if ": " in line)
    record = serve.database.find(headers["x-inferometer-record"])
    assert record["outcome"] == "completed"
    if "stream" in body:
        assert done.stdout.rstrip().endswith("data: [DONE]")
        assert '"usage"' not in done.stdout
        assert record["completion_tokens"] >= 1
    else:
        check(record, json.loads(done.stdout)["usage"], "chat", streamed=False)


@pytest.mark.parametrize("encoding", ["gzip", "gzip, deflate, br, zstd", "identity", None])
def test_a_client_that_takes_encodings(serve, encoding):
    from support.wire import call
    headers = {"Accept-Encoding": encoding} if encoding else {}
    answer = call(serve.port, "/v1/chat/completions", {"messages": MESSAGES, "max_tokens": 8} | QUIET, headers)
    assert answer.status == 200
    assert serve.database.find(answer.record)["completion_tokens"] >= 1
