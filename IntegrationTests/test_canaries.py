# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""What clients send and engines answer is found nowhere afterwards: not on disk, not in a log."""
import json

from support.waiting import until
from support.wire import Connection, call

PROMPT, KEY, QUERY = "canary-prompt-5f1e", "canary-key-77ab", "canary-query-c0de"
KEYS = {"Authorization": f"Bearer {KEY}", "x-api-key": KEY, "api-key": KEY, "Cookie": f"session={KEY}"}


def bodies():
    talk = {"messages": [{"role": "user", "content": PROMPT}], "max_tokens": 12}
    chat, messages = "/v1/chat/completions", "/v1/messages"
    yield chat, talk
    yield chat, talk | {"stream": True}
    yield chat, talk | {"stream": True, "stream_options": {"include_usage": True}}
    yield chat, talk | {"tools": [{"type": "function", "function": {"name": PROMPT, "parameters": {"type": "object"}}}]}
    yield "/v1/completions", {"prompt": PROMPT, "max_tokens": 12, "stream": True}
    yield "/v1/embeddings", {"input": PROMPT}
    yield "/v1/responses", {"input": PROMPT, "max_output_tokens": 12, "stream": True}
    yield messages, talk | {"system": PROMPT, "stream": True}
    # Engines quote what they could not read in their errors.
    yield chat, ('{"messages": "' + PROMPT).encode()
    yield chat, {"messages": [{"role": "user", "content": f"{PROMPT} " * 4000}]}
    yield chat, {"messages": [{"role": PROMPT, "content": {"odd": PROMPT}}]}
    yield messages, {"messages": [], "system": PROMPT}


def answer_texts(answer):
    """Long enough pieces of an answer to be told from chance."""
    try:
        message = answer.json["choices"][0]
        return [message.get("text") or message["message"]["content"]]
    except (ValueError, KeyError, IndexError, TypeError):
        return []


def test_prompts_answers_and_keys_are_found_nowhere(engine, start):
    serve = start("--log-level", "trace", upstreams=[engine.url])
    answers, calls = [], 0
    for path, body in bodies():
        answer = call(serve.port, f"{path}?key={QUERY}", body, KEYS)
        answers += answer_texts(answer)
        calls += 1
    leave(serve)
    refused(serve)
    serve.database.await_count(calls + 1)
    assert serve.stop() == 0
    secrets = [PROMPT, KEY, QUERY] + [text for text in answers if len(text) > 16]
    assert len(secrets) > 3
    for file in (file for file in serve.folder.rglob("*") if file.is_file()):
        content = file.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, f"{secret!r} in {file.name}"
    shown = serve.database.ask("export", "--format", "jsonl").stdout
    assert not [secret for secret in secrets if json.dumps(secret)[1:-1] in shown]


def leave(serve):
    with Connection(serve.port) as connection:
        body = {"messages": [{"role": "user", "content": PROMPT}], "max_tokens": 900, "stream": True}
        connection.send("/v1/chat/completions", body, KEYS)
        connection.head()


def refused(serve):
    """Not metered, refused and unreachable calls log nothing of theirs either."""
    call(serve.port, f"/v1/models?key={QUERY}", headers=KEYS)
    call(serve.port, f"/v1/chat/completions?key={QUERY}", {"messages": PROMPT}, KEYS, host=f"{PROMPT}.example")
    call(serve.port, f"/{PROMPT}?key={QUERY}", headers=KEYS)


def test_while_it_runs_the_write_ahead_log_holds_none_either(engine, start):
    serve = start(upstreams=[engine.url])
    answer = call(serve.port, "/v1/chat/completions", {"messages": [{"role": "user", "content": PROMPT}]}, KEYS)
    serve.database.find(answer.record)
    files = until(lambda: list(serve.folder.glob("telemetry.db*")), what="the database")
    assert not [file for file in files if PROMPT.encode() in file.read_bytes() or KEY.encode() in file.read_bytes()]
