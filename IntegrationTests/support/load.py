# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""Many calls of every kind at once, by clients of which some leave; each call carries its number as a tag."""
import asyncio
import dataclasses
import json
import socket
import struct

from .wire import request_bytes

MESSAGES = [{"role": "user", "content": "Tell me about energy."}]
PAYLOAD = (b'"content":"', b'"text":"', b'"delta":"')


@dataclasses.dataclass
class Seen:
    """What a client saw of its call."""
    number: int
    left: bool = False
    status: int | None = None
    record: str | None = None
    whole: bool = False
    body: bytes = b""

    @property
    def usage(self):
        """The engine's own counts (input, output), where this call's client got them."""
        texts = [line[6:] for line in self.body.split(b"\n") if line.startswith(b"data: {")] or [self.body]
        for text in reversed(texts):
            try:
                usage = json.loads(text).get("usage")
            except ValueError:
                continue
            if usage and "total_tokens" in usage and "input_tokens" not in usage:
                return usage["prompt_tokens"], usage.get("completion_tokens")
        return None


def kind(number):
    """Path and body of a call."""
    tokens = 1 + number % 12
    chat = {"model": "tiny", "messages": MESSAGES, "max_tokens": tokens}
    if number % 101 == 100:
        return "/v1/chat/completions", b'{"messages": ['
    return [
        ("/v1/chat/completions", chat | {"stream": True}),
        ("/v1/chat/completions", chat | {"stream": True}),
        ("/v1/chat/completions", chat | {"stream": True, "stream_options": {"include_usage": True}}),
        ("/v1/chat/completions", chat),
        ("/v1/completions", {"model": "tiny", "prompt": "The", "max_tokens": tokens, "stream": True}),
        ("/v1/completions", {"model": "tiny", "prompt": "The", "max_tokens": tokens}),
        ("/v1/embeddings", {"model": "tiny", "input": "energy"}),
        ("/v1/messages", chat | {"stream": True}),
        ("/v1/responses", {"model": "tiny", "input": "Tell me.", "max_output_tokens": tokens, "stream": True}),
        ("/v1/chat/completions", chat | {"stream": True, "n": 2}),
    ][number % 10]


class Client:
    """A worker's connection, made anew when the peer closed it or the client left."""

    def __init__(self, port):
        self.port, self.writer = port, None

    async def open(self):
        if self.writer is None or self.writer.is_closing() or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    def close(self, hard=False):
        if hard:
            self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.close()
        self.writer = None

    async def call(self, number, leaves=True):
        path, body = kind(number)
        seen = Seen(number)
        await self.open()
        self.writer.write(request_bytes(path, body, {"X-Inferometer-Meta-Call": str(number)}))
        await self.writer.drain()
        if leaves and number % 17 == 3:
            seen.left = True
            self.close()
            return seen
        try:
            await self._answer(seen, leaves and number % 13 == 5)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.close()
        return seen

    async def _answer(self, seen, leaves):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        seen.status = int(head[0].split()[1])
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in head[1:-2])}
        seen.record = headers.get("x-inferometer-record")
        if leaves:
            await self.reader.read(1)
            seen.left = True
            self.close(hard=seen.number % 2 == 0)
            return
        if headers.get("transfer-encoding") == "chunked":
            await self._chunks(seen)
        elif "content-length" in headers:
            seen.body = await self.reader.readexactly(int(headers["content-length"]))
            seen.whole = True
        else:
            seen.body = await self.reader.read(-1)
            seen.whole = True
        if headers.get("connection", "").lower() == "close":
            self.close()

    async def _chunks(self, seen):
        while True:
            length = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
            seen.body += (await self.reader.readexactly(length + 2))[:length]
            if length == 0:
                seen.whole = True
                return


class Load:
    """Calls 0 to `calls`, a few at a time; `meanwhile` runs when given numbers have been handed out."""

    def __init__(self, port, calls, concurrency=16, leaves=True, meanwhile=None):
        self.port, self.calls, self.concurrency, self.leaves = port, calls, concurrency, leaves
        self.meanwhile = meanwhile or {}
        self.seen, self.refused = [], None

    def run(self):
        asyncio.run(self._run())
        return self.seen

    async def _run(self):
        self.numbers = iter(range(self.calls))
        self.ready = asyncio.Event()
        self.ready.set()
        self.stopped = False
        async with asyncio.TaskGroup() as group:
            for _ in range(self.concurrency):
                group.create_task(self._work())

    async def _work(self):
        client = Client(self.port)
        for number in self.numbers:
            if number in self.meanwhile:
                await self._act(self.meanwhile[number])
            try:
                seen = await client.call(number, self.leaves)
            except ConnectionError:
                # The proxy itself is gone: nothing more to be had.
                self.stopped = True
            if self.stopped:
                return
            self.seen.append(seen)
            if seen.status == 502:
                await self.ready.wait()

    async def _act(self, action):
        """Others go on; those that are refused meanwhile wait, as a client with a back-off would."""
        self.ready.clear()
        await asyncio.get_running_loop().run_in_executor(None, action)
        self.ready.set()
