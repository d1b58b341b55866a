"""A server whose path says how it fails, for libraries that block."""

import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evalstudio.core.outcome import Outcome

RETRY_AFTER = 7
QUOTA = "You exceeded your current quota (insufficient_quota)"


TABLE = [
    ("429", Outcome.THROTTLED, RETRY_AFTER, False),
    ("503", Outcome.OVERLOADED, RETRY_AFTER, False),
    ("500", Outcome.OVERLOADED, RETRY_AFTER, False),
    ("408", Outcome.OVERLOADED, RETRY_AFTER, False),
    ("400", Outcome.CLIENT_ERROR, RETRY_AFTER, False),
    ("404", Outcome.CLIENT_ERROR, RETRY_AFTER, False),
    ("422", Outcome.CLIENT_ERROR, RETRY_AFTER, False),
    ("401", Outcome.CLIENT_ERROR, RETRY_AFTER, True),
    ("403", Outcome.CLIENT_ERROR, RETRY_AFTER, True),
    ("402", Outcome.QUOTA, RETRY_AFTER, False),
    ("cut", Outcome.OVERLOADED, None, False),
    ("slow", Outcome.OVERLOADED, None, False),
    ("reset", Outcome.OVERLOADED, None, False),
]
"""How the server fails; the outcome, the hint and whether it is fatal."""


class Handler(http.server.BaseHTTPRequestHandler):
    """`/429/...` answers 429; `/cut`, `/slow`, `/reset` break in their way; `/quota` is 429 for lack of credit."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        how = self.path.strip("/").split("/")[0]
        self.close_connection = True
        if how == "cut":
            self._head(200, 500)
            self.wfile.write(b'{"a"')
        elif how == "slow":
            time.sleep(1.0)
        elif how == "quota":
            self._error(429, QUOTA, "insufficient_quota")
        elif how.isdecimal():
            self._error(int(how), "no such luck", None)

    do_GET = do_POST  # noqa: N815 - http.server looks for this name

    def _error(self, status: int, message: str, code: str | None) -> None:
        body = json.dumps(
            {"error": {"message": message, "code": code or status}, "message": message}
        ).encode()
        self._head(status, len(body), retry_after=str(RETRY_AFTER))
        self.wfile.write(body)

    def _head(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def failing_server() -> Iterator[str]:
    """A server on a thread of its own; its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
