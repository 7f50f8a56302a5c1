# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Calls that end otherwise than well, and those that are refused."""
import time

import pytest

from support.waiting import until
from support.wire import Connection, call, request_bytes

LONG = {"stream": True, "max_tokens": 4000, "ignore_eos": True, "messages": [{"role": "user", "content": "Go on."}]}
SHORT = {"max_tokens": 4, "messages": [{"role": "user", "content": "Stop."}]}
CHAT = "/v1/chat/completions"


def begin(serve, body=LONG):
    """A streamed call whose first event has come."""
    connection = Connection(serve.port)
    connection.send(CHAT, body)
    status, headers = connection.head()
    assert status == 200
    while b"data:" not in connection.buffer:
        assert connection._more()
    return connection, headers["x-inferometer-record"]


def test_a_client_that_leaves_cancels_the_engines_work_at_once(slow_engine, start):
    serve = start(upstreams=[slow_engine.url])
    connection, record_id = begin(serve)
    assert slow_engine.busy_slots() == 1
    left = time.monotonic()
    connection.close()
    until(lambda: slow_engine.busy_slots() == 0, 2, "the slot to be free")
    assert time.monotonic() - left < 1
    record = serve.database.find(record_id)
    assert (record["outcome"], record["error_kind"], record["http_status"]) == ("cancelled", "client_gone", 200)
    assert record["ttft"] is not None
    assert record["token_source"] == "chunks" and record["completion_tokens"] >= 1


def test_a_client_that_leaves_before_the_answer(slow_engine, start):
    """llama.cpp works on where nothing is streamed, with or without a proxy; the record does not wait for that."""
    serve = start(upstreams=[slow_engine.url])
    connection = Connection(serve.port)
    connection.send(CHAT, LONG | {"stream": False})
    until(lambda: slow_engine.busy_slots() == 1, what="the engine to work")
    connection.close()
    record = serve.database.await_count(1)[0]
    assert slow_engine.busy_slots() == 1
    assert (record["outcome"], record["error_kind"]) == ("cancelled", "client_gone")
    assert record["http_status"] is None


def test_an_engine_that_is_killed_in_mid_stream(slow_engine, start):
    serve = start(upstreams=[slow_engine.url])
    connection, record_id = begin(serve)
    slow_engine.kill()
    while connection._more():
        pass
    assert not connection.buffer.endswith(b"0\r\n\r\n"), "a stream that was cut off must not look whole"
    record = serve.database.find(record_id)
    assert record["outcome"] == "truncated"
    assert record["http_status"] == 200
    assert record["finish_reason"] is None
    connection.close()

    answer = call(serve.port, CHAT, SHORT)
    assert answer.status == 502
    assert answer.headers["x-inferometer-error"]
    assert "error" in answer.json
    refused = serve.database.find(answer.record)
    assert (refused["outcome"], refused["error_kind"], refused["http_status"]) == ("failed", "unreachable", None)

    slow_engine.start()
    assert call(serve.port, CHAT, SHORT).status == 200


def settled(serve):
    """The number of records once all of before are written: calls are recorded in order."""
    serve.database.find(call(serve.port, CHAT, SHORT).record)
    return len(serve.database.records())


def test_an_engines_errors_pass_through_and_are_recorded(serve, engine):
    for body in (b"{\"messages\": [", {"messages": "none"}, {"messages": [{"role": "user", "content": "word " * 9000}]}):
        answer, direct = (call(port, CHAT, body) for port in (serve.port, engine.port))
        assert (answer.status, answer.body) == (direct.status, direct.body)
        record = serve.database.find(answer.record)
        assert record["outcome"] == "failed"
        assert record["http_status"] == direct.status
        assert record["error_kind"] == f"http_{direct.status // 100}xx"
        assert record["completion_tokens"] is None


@pytest.mark.parametrize("path", ["/health", "/v1/models", "/props", "/nowhere", "/v1/models?x=1"])
def test_what_is_not_metered_passes_untouched(serve, engine, path):
    before = settled(serve)
    ours, theirs = call(serve.port, path), call(engine.port, path)
    assert ours.status == theirs.status
    if "props" not in path:
        assert ours.body == theirs.body
    assert ours.record is None
    kept = ("date", "connection", "keep-alive", "transfer-encoding")
    assert {k: v for k, v in ours.headers.items() if k not in kept} == \
        {k: v for k, v in theirs.headers.items() if k not in kept}
    assert settled(serve) == before + 1


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_other_methods_never_hang(serve, engine, method):
    ours, theirs = (call(port, "/v1/models", method=method) for port in (serve.port, engine.port))
    assert ours.status == theirs.status
    assert call(serve.port, CHAT, method=method).status == call(engine.port, CHAT, method=method).status


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "169.254.169.254", "localhost.evil.example"])
def test_a_host_that_is_not_ours_is_refused(serve, host):
    before = settled(serve)
    answer = call(serve.port, CHAT, SHORT, host=host)
    assert answer.status == 403
    assert answer.headers["x-inferometer-error"]
    assert settled(serve) == before + 1


@pytest.mark.parametrize("host", ["localhost", "localhost:4242", "127.0.0.1", "[::1]:80"])
def test_a_host_that_is_ours_passes(serve, host):
    assert call(serve.port, "/health", host=host).status == 200


BODY = b"{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"


@pytest.mark.parametrize("lengths", [
    f"Content-Length: {len(BODY)}\r\nContent-Length: {len(BODY)}",
    f"Content-Length: {len(BODY)}\r\nContent-Length: 5",
    f"Content-Length: {len(BODY)}, {len(BODY)}",
    f"Content-Length: {len(BODY)}\r\nTransfer-Encoding: chunked",
    "Content-Length: -1",
    "Content-Length: +5",
    "Content-Length: 0x10",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
])
def test_a_request_that_can_be_read_in_two_ways_is_refused(serve, lengths):
    before = settled(serve)
    with Connection(serve.port) as connection:
        head = f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{lengths}\r\n\r\n"
        connection.send_raw(head.encode() + BODY)
        status, headers = connection.head()
        assert status == 400
    assert settled(serve) == before + 1
    assert call(serve.port, "/health").status == 200


def test_expect_100_continue(serve):
    with Connection(serve.port) as connection:
        data = request_bytes(CHAT, SHORT, {"Expect": "100-continue"})
        head, body = data.split(b"\r\n\r\n", 1)
        connection.send_raw(head + b"\r\n\r\n")
        status, _ = connection.head()
        assert status == 100
        connection.socket.sendall(body)
        assert connection.answer().status == 200


def test_tags_are_kept_and_never_reach_the_engine(start):
    from support.ollama import ScriptedOllama
    tags = {"X-Inferometer-Agent": "clerk", "X-Inferometer-Session": "s1", "X-Inferometer-Batch": "b1",
            "X-Inferometer-Warmup": "true", "X-Inferometer-Meta-Ticket": "42"}
    with ScriptedOllama() as upstream:
        serve = start(upstreams=[upstream.url])
        answer = call(serve.port, "/api/chat", {"model": "m", "stream": False, "messages": []}, tags)
        _, seen, _ = upstream.seen[-1]
    assert not [name for name in seen if name.lower().startswith("x-inferometer")]
    record = serve.database.find(answer.record)
    assert (record["agent"], record["session"], record["batch_id"]) == ("clerk", "s1", "b1")
    assert record["is_warmup"] is True
    assert record["metadata"] == {"ticket": "42"}


def test_upstreams_by_name(engine, thinking_engine, start):
    serve = start(upstreams=[f"one={engine.url}", f"two={thinking_engine.url}"])
    for name, model in (("one", "tiny"), ("two", "think")):
        answer = call(serve.port, f"/{name}{CHAT}", SHORT)
        assert answer.status == 200
        record = serve.database.find(answer.record)
        assert (record["upstream"], record["model_id"]) == (name, model)


def test_sigterm_lets_the_calls_in_flight_finish(slow_engine, start):
    serve = start(upstreams=[slow_engine.url])
    connection, record_id = begin(serve, LONG | {"max_tokens": 400})
    serve.process.terminate()
    while connection._more():
        pass
    assert connection.buffer.endswith(b"0\r\n\r\n")
    assert serve.process.wait(timeout=20) == 0
    record = serve.database.find(record_id)
    assert (record["outcome"], record["completion_tokens"]) == ("completed", 400)


def test_sigterm_ends_in_bounded_time(slow_engine, start):
    serve = start("--grace", "1", upstreams=[slow_engine.url])
    connection, record_id = begin(serve)
    began = time.monotonic()
    serve.process.terminate()
    assert serve.process.wait(timeout=20) == 0
    assert time.monotonic() - began < 5
    assert serve.database.find(record_id)["outcome"] in ("truncated", "cancelled")
    connection.close()


def test_no_engine_at_all(start):
    serve = start(upstreams=["http://127.0.0.1:9"])
    answer = call(serve.port, CHAT, SHORT)
    assert answer.status == 502
    assert serve.database.find(answer.record)["error_kind"] == "unreachable"
    assert call(serve.port, "/_inferometer/health").status == 200
