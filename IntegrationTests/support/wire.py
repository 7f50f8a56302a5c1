# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""An HTTP client that knows when each byte came, and can do what no library lets one do."""
import dataclasses
import json
import socket
import time


@dataclasses.dataclass
class Answer:
    """One answer, with the times of its parts in seconds since the request was sent."""
    status: int
    headers: dict
    body: bytes
    ended: float
    parts: list  # (seconds, bytes of the body that had come by then)
    whole: bool

    @property
    def record(self):
        return self.headers.get("x-inferometer-record")

    @property
    def json(self):
        return json.loads(self.body)

    def events(self):
        """Each server-sent event's data and the time it was complete."""
        found, start = [], 0
        while (end := self.body.find(b"\n\n", start)) >= 0:
            data = b"".join(line[5:].strip() for line in self.body[start:end].split(b"\n") if line.startswith(b"data:"))
            arrived = next(when for when, length in self.parts if length >= end + 2)
            if data:
                found.append((arrived, data))
            start = end + 2
        return found


def request_bytes(path, body=None, headers=None, method=None, host="127.0.0.1"):
    """The bytes of a request; a body that is not bytes is sent as JSON."""
    sent = {"Host": host}
    if body is not None:
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    sent |= headers or {}
    lines = [f"{method or ('POST' if body is not None else 'GET')} {path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in sent.items() if value is not None]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


class Connection:
    """One connection, kept alive between calls."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, *arguments, **options):
        self.send_raw(request_bytes(*arguments, **options))

    def send_raw(self, data):
        self.sent = time.perf_counter()
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(1 << 16)
        self.arrived = time.perf_counter() - self.sent
        self.buffer += data
        return bool(data)

    def head(self):
        """Reads status and headers; nothing if the peer closed."""
        while b"\r\n\r\n" not in self.buffer:
            if not self._more():
                return None
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        return int(lines[0].split()[1]), headers

    def answer(self, method="POST"):
        status, headers = self.head()
        parts, whole = [], True
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body, whole = self._chunks(parts)
        elif "content-length" in headers:
            body, whole = self._counted(int(headers["content-length"]), parts)
        else:
            body = self._rest(parts)
        return Answer(status, headers, body, self.arrived, parts, whole)

    def _counted(self, length, parts):
        while len(self.buffer) < length:
            if not self._more():
                return self.buffer, False
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        parts.append((self.arrived, length))
        return body, True

    def _rest(self, parts):
        while self._more():
            parts.append((self.arrived, len(self.buffer)))
        body, self.buffer = self.buffer, b""
        return body

    def _chunks(self, parts):
        body = b""
        while True:
            while b"\r\n" not in self.buffer:
                if not self._more():
                    return body, False
            size, rest = self.buffer.split(b"\r\n", 1)
            length = int(size.split(b";")[0], 16)
            while len(rest) < length + 2:
                if not self._more():
                    return body + rest, False
                rest = self.buffer.split(b"\r\n", 1)[1]
            body += rest[:length]
            self.buffer = rest[length + 2:]
            if length == 0:
                return body, True
            parts.append((self.arrived, len(body)))

    def call(self, path, body=None, headers=None, method=None, host="127.0.0.1"):
        self.send(path, body, headers, method, host)
        return self.answer(method or "POST")


def call(port, path, body=None, headers=None, method=None, host="127.0.0.1"):
    """One call on a connection of its own."""
    with Connection(port) as connection:
        return connection.call(path, body, headers, method, host)
