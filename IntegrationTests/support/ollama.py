# Inferometer
# SPDX-License-Identifier: Apache-2.0
"""A scripted server that speaks Ollama's native API.

Made from Ollama's documentation and source, not captured from a server: none was at hand.
"""
import http.server
import json
import threading

COUNTS = {"total_duration": 5_000_000_000, "load_duration": 1_000_000_000, "prompt_eval_count": 26,
          "prompt_eval_duration": 130_000_000, "eval_count": 5, "eval_duration": 250_000_000}
WORDS = ["The ", "sky ", "is ", "blue", "."]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/":
            self._plain(b"Ollama is running")
        elif self.path == "/api/version":
            self._json({"version": "0.12.0"})
        elif self.path == "/api/tags":
            self._json({"models": [{"name": "llama3.2", "model": "llama3.2"}]})
        else:
            self.send_error(404)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, dict(self.headers), body))
        made = {"/api/chat": self._chat, "/api/generate": self._generate, "/api/embed": self._embed}[self.path]
        made(body)

    def _stamp(self, body):
        return {"model": body["model"], "created_at": "2026-11-24T12:00:00.000000Z"}

    def _chat(self, body):
        def part(text):
            return {"message": {"role": "assistant", "content": text}}
        self._lines(body, part)

    def _generate(self, body):
        self._lines(body, lambda text: {"response": text})

    def _lines(self, body, part):
        end = {"done": True, "done_reason": "stop", **COUNTS}
        if body.get("stream") is False:
            self._json(self._stamp(body) | part("".join(WORDS)) | end)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for word in WORDS:
            self._chunk(self._stamp(body) | part(word) | {"done": False})
        if body["model"] == "breaks":
            self._chunk({"error": "an error was encountered while running the model"})
        else:
            self._chunk(self._stamp(body) | part("") | end)
        self.wfile.write(b"0\r\n\r\n")

    def _embed(self, body):
        given = body["input"] if isinstance(body["input"], list) else [body["input"]]
        self._json({"model": body["model"], "embeddings": [[0.1, 0.2, 0.3] for _ in given],
                    "total_duration": 14_000_000, "load_duration": 1_000_000, "prompt_eval_count": 8})

    def _chunk(self, value):
        line = json.dumps(value).encode() + b"\n"
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def _json(self, value):
        self._plain(json.dumps(value).encode(), "application/json; charset=utf-8")

    def _plain(self, data, kind="text/plain; charset=utf-8"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class ScriptedOllama:
    """Runs in a thread of the test; `seen` holds each request's path, headers and body."""

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.seen = self.seen = []
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
