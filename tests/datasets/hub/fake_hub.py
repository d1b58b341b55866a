"""A Hub on loopback: datasets with commits, gates and a second host that large files are redirected to."""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "1f" * 20


@dataclass
class Repository:
    """A dataset at one commit, and what stands in the way of reading it."""

    files: dict[str, bytes]
    commit: str = COMMIT
    revisions: tuple[str, ...] = ("main",)
    gated: bool = False
    private: bool = False
    members: tuple[str, ...] = ("hf_member",)  # tokens that may read it


@dataclass
class FakeHub:
    """What the server has, what it was asked, and how it misbehaves."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)  # old name -> new name
    large: int = 1 << 30  # files from this size on are redirected to the other host
    drop_after: int | None = None  # bytes of a file after which a connection is dropped, once
    hold: threading.Event | None = None  # a file's second half waits for it
    too_many: int = 0  # so many calls are refused with 429
    retry_after: str = "0"
    status: int | None = None  # every call is answered with it
    url: str = ""
    other_host: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: dict[str, set[str | None]] = field(default_factory=dict)  # by host
    ranges: list[str] = field(default_factory=list)
    half_sent: threading.Event = field(default_factory=threading.Event)

    def downloads(self) -> Counter[str]:
        """How often each file was sent."""
        return Counter(
            path.rpartition("/")[2] for verb, path in self.asked if verb == "GET" and "/api/" not in path
        )


@contextmanager
def serving(hub: FakeHub) -> Iterator[FakeHub]:
    """Serves a Hub under two names, as two hosts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    port = server.server_address[1]
    hub.url, hub.other_host = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        if hub.hold is not None:
            hub.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve()

        def do_HEAD(self) -> None:
            self._serve()

        def log_message(self, *_: Any) -> None:
            """The tests' output is theirs."""

        def _serve(self) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.asked.append((self.command, path))
            given = self.headers.get("Authorization")
            hub.tokens.setdefault(self.headers["Host"].partition(":")[0], set()).add(given)
            if hub.too_many:
                hub.too_many -= 1
                return self._send(429, b"", {"Retry-After": hub.retry_after})
            if hub.status is not None:
                return self._send(hub.status)
            token = None if given is None else given.removeprefix("Bearer ")
            if token == "hf_expired":
                return self._send(
                    401, b"", {"X-Error-Message": "Invalid credentials in Authorization header"}
                )
            parts = path.strip("/").split("/")
            if parts[0] == "blobs":
                return self._blob(parts)
            if parts[:2] == ["api", "datasets"]:
                return self._info(parts, token)
            if "resolve" not in parts:
                return self._send(404)
            return self._resolve(parts, token)

        def _info(self, parts: list[str], token: str | None) -> None:
            rest = "/".join(parts[2:])
            name, _, revision = rest.partition("/revision/")
            if name in hub.moved:
                return self._send(307, b"", {"Location": self.path.replace(name, hub.moved[name], 1)})
            repository = self._find(name, revision, token)
            if repository is None:
                return None
            siblings = [{"rfilename": file} for file in repository.files]
            told = {"id": name, "sha": repository.commit, "siblings": siblings, "private": repository.private}
            return self._send(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

        def _resolve(self, parts: list[str], token: str | None) -> None:
            at = parts.index("resolve")
            name, revision, file = "/".join(parts[1:at]), parts[at + 1], "/".join(parts[at + 2 :])
            repository = self._find(name, revision, token)
            if repository is None:
                return None
            if repository.gated and token not in repository.members:
                return self._send(401 if token is None else 403, b"", {"X-Error-Code": "GatedRepo"})
            if file not in repository.files:
                return self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
            content = repository.files[file]
            headers = {"X-Repo-Commit": repository.commit, "ETag": _etag(content)}
            if len(content) < hub.large:
                return self._file(content, headers)
            headers |= {"X-Linked-Size": str(len(content)), "X-Linked-ETag": _etag(content)}
            headers["Location"] = f"{hub.other_host}/blobs/{name}/{file}"
            return self._send(302, b"", headers)

        def _find(self, name: str, revision: str, token: str | None) -> Repository | None:
            repository = hub.repositories.get(name)
            if repository is None or (repository.private and token not in repository.members):
                self._send(401 if token is None else 404, b"", {"X-Error-Code": "RepoNotFound"})
                return None
            if revision and revision not in (*repository.revisions, repository.commit):
                self._send(404, b"", {"X-Error-Code": "RevisionNotFound"})
                return None
            return repository

        def _blob(self, parts: list[str]) -> None:
            content = hub.repositories["/".join(parts[1:3])].files["/".join(parts[3:])]
            self._file(content, {"ETag": _etag(content)})

        def _file(self, content: bytes, headers: dict[str, str]) -> None:
            start = 0
            if asked := self.headers.get("Range"):
                hub.ranges.append(asked)
                start = int(asked.removeprefix("bytes=").partition("-")[0])
                headers |= {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
            body = content[start:]
            self.send_response(206 if start else 200)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            if hub.drop_after is not None and len(body) > hub.drop_after:
                self.wfile.write(body[: hub.drop_after])
                self.wfile.flush()
                hub.drop_after = None
                self.close_connection = True
                return
            if hub.hold is not None and len(body) > 1000:
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                hub.half_sent.set()
                hub.hold.wait(30)
                body = body[len(body) // 2 :]
            self.wfile.write(body)

        def _send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    return Handler


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()}"'
