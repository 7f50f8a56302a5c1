# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Thousands of mixed calls with clients that leave and an engine that is killed: none is lost, none is doubled."""
import collections
import os

from conftest import running
from support.load import Load
from support.product import check_sums

CALLS = int(os.environ.get("SOAK", "10000"))


def test_none_lost_none_doubled(models, tmp_path_factory, start):
    engine = running(models, tmp_path_factory, "tiny")

    def restart():
        engine.kill()
        engine.start()
    serve = start(upstreams=[engine.url])
    try:
        meanwhile = {CALLS * part // 4: restart for part in (1, 2, 3)}
        seen = Load(serve.port, CALLS, meanwhile=meanwhile).run()
    finally:
        engine.stop()
    assert len(seen) == CALLS
    records = serve.database.await_count(CALLS)
    by_number = collections.Counter(int(record["metadata"]["call"]) for record in records)
    assert [number for number in range(CALLS) if by_number[number] != 1] == []
    assert len({record["record_id"] for record in records}) == CALLS
    check_each(seen, {int(record["metadata"]["call"]): record for record in records})
    check_sums(serve.database, records)


def check_each(seen, records):
    outcomes = collections.Counter()
    for call in seen:
        record = records[call.number]
        outcomes[record["outcome"]] += 1
        assert call.record in (None, record["record_id"]), call.number
        if call.left:
            # A short answer can be on its way in whole before the client is seen to be gone.
            assert record["outcome"] in ("cancelled", "completed", "failed", "truncated"), call.number
            continue
        if call.status == 200 and call.whole:
            assert record["outcome"] == "completed", (call.number, record)
            if call.usage and call.number % 10 != 9:
                assert (record["prompt_tokens"], record["completion_tokens"] or 0) == (
                    call.usage[0], call.usage[1] or 0), call.number
        elif call.status == 200 or call.status is None:
            assert record["outcome"] == "truncated", (call.number, record)
        else:
            assert record["outcome"] == "failed", (call.number, record)
    assert outcomes["completed"] > CALLS // 2
    assert outcomes["cancelled"] > 0
    print(dict(outcomes))
