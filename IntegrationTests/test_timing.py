# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""The record's times against those of an independent client's stopwatch."""
import json
import statistics

import pytest

from support.wire import Connection

CALLS = 200


def has_payload(data):
    if data == b"[DONE]":
        return False
    deltas = [choice.get("delta", {}) for choice in json.loads(data).get("choices", [])]
    return any(delta.get("content") or delta.get("reasoning_content") or delta.get("tool_calls") for delta in deltas)


@pytest.fixture(scope="module")
def measured(serve):
    """(the client's TTFT, its latency, the record) of streamed calls, one after the other."""
    found = {}
    for number in range(CALLS):
        body = {"model": "tiny", "stream": True, "max_tokens": 16, "ignore_eos": True,
                "messages": [{"role": "user", "content": f"{number}: tell me about energy"}]}
        with Connection(serve.port) as connection:
            answer = connection.call("/v1/chat/completions", body)
        assert answer.status == 200 and answer.whole
        first = next((when for when, data in answer.events() if has_payload(data)), None)
        found[answer.record] = (first, answer.ended)
    records = {record["record_id"]: record for record in serve.database.await_count(CALLS)}
    return [(*times, records[name]) for name, times in found.items()]


def test_ttft_agrees(measured):
    pairs = [(first, record["ttft"]) for first, _, record in measured if first is not None]
    assert len(pairs) >= CALLS * 0.9
    assert statistics.median(ours - theirs for ours, theirs in pairs) < 0.001
    late = [(ours, theirs) for ours, theirs in pairs if theirs > ours]
    assert not late, f"the proxy's TTFT was longer than the client's in {len(late)} calls: {late[:3]}"


def test_latency_agrees(measured):
    pairs = [(ended, record["latency_seconds"]) for _, ended, record in measured]
    assert statistics.median(abs(ours - theirs) for ours, theirs in pairs) < 0.001
    late = [(ours, theirs) for ours, theirs in pairs if theirs > ours]
    assert not late, f"the record's latency was longer than the client's in {len(late)} calls: {late[:3]}"


def test_tpot_follows_from_the_parts(measured):
    for _, _, record in measured:
        if record["tpot_ms"] is None:
            continue
        span = record["tpot_ms"] / 1e3 * (record["completion_tokens"] - 1)
        assert span <= record["latency_seconds"] - record["ttft"] + 1e-3
