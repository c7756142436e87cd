"""The hub as a server: `with HubServer(repository) as hub: ... hub.url`."""

import json
import re
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Self, cast
from urllib.parse import unquote, urlsplit

from vigie.simulators.hub.repository import Repository, sha256

API = re.compile(r"/api/models/(?P<repo>[^/]+/[^/]+)(/(?P<what>revision|tree)/(?P<revision>[^/]+))?/?")
RESOLVE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")
STORE = re.compile(r"/store/(?P<sha256>[0-9a-f]{64})")
RANGE = re.compile(r"bytes=(?P<first>\d+)-")


class HubServer:
    """Serves repositories until the block ends. Everything may be called from any thread."""

    def __init__(self, *repositories: Repository) -> None:
        self.requests: list[str] = []
        """What was asked, in order: `GET /api/models/...`, with `from N` where a part was."""
        self._repositories = {repository.name: repository for repository in repositories}
        self._cuts: list[int] = []
        self._refusals: list[int] = []
        self.wait_s = 0
        """How long those who are refused with 429 are asked to wait."""
        self._spoiled: set[str] = set()
        self._lock = Lock()
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="hub-simulator", daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return "127.0.0.1", self._server.server_port

    @property
    def url(self) -> str:
        """The address of the hub."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def store_url(self) -> str:
        """The address of large files: another host name, as that of a hub's store always is."""
        return f"http://localhost:{self._server.server_port}/store"

    def cut(self, *after: int) -> None:
        """Break the next transfers of large files, each after so many bytes."""
        self._cuts += after

    def refuse(self, *statuses: int, wait_s: int = 0) -> None:
        """Answer the next requests with these statuses; with 429, ask to come back after so long, if it is said."""
        self._refusals += statuses
        self.wait_s = wait_s

    def spoil(self, file: str) -> None:
        """Serve a file with its last byte changed from now on."""
        self._spoiled.add(file)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # ── what its requests ask ──

    def note(self, line: str) -> int | None:
        """Note a request; return the status to refuse it with, if any."""
        with self._lock:
            self.requests.append(line)
            return self._refusals.pop(0) if self._refusals else None

    def repository(self, name: str, revision: str) -> Repository | None:
        """Return a repository, if it has that revision."""
        found = self._repositories.get(name)
        return found if found and revision in {"main", found.commit} else None

    def large(self, digest: str) -> bytes | None:
        """Return the large file of that SHA-256, spoiled if it should be."""
        for repository in self._repositories.values():
            for file, body in repository.files.items():
                if repository.is_large(file) and sha256(body) == digest:
                    return body[:-1] + b"?" if file in self._spoiled else body
        return None

    def next_cut(self) -> int | None:
        """Return after how many bytes this transfer breaks, if it does."""
        with self._lock:
            return self._cuts.pop(0) if self._cuts else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, hub: HubServer) -> None:
        self.hub = hub
        super().__init__(("127.0.0.1", 0), _Request)


class _Request(BaseHTTPRequestHandler):
    """One connection. Names are http.server's."""

    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> HubServer:
        return cast("_Server", self.server).hub

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def do_HEAD(self) -> None:
        """Answer without the body."""
        self._answer()

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        part = RANGE.match(self.headers.get("Range", ""))
        first = int(part["first"]) if part else 0
        refusal = self.hub.note(f"{self.command} {path}" + (f" from {first}" if first else ""))
        if refusal:
            wait = {"Retry-After": str(self.hub.wait_s)} if refusal == 429 and self.hub.wait_s else {}
            self._send(refusal, b"", {"X-Error-Message": "Refused.", **wait})
        elif found := API.fullmatch(path):
            self._api(found["repo"], found["what"], found["revision"] or "main")
        elif found := RESOLVE.fullmatch(path):
            self._resolve(found["repo"], found["revision"], found["file"])
        elif found := STORE.fullmatch(path):
            self._store(found["sha256"], first)
        else:
            self._send(404, b"")

    def _api(self, name: str, what: str | None, revision: str) -> None:
        repository = self.hub.repository(name, revision)
        if repository is None:
            self._unknown()
            return
        answer = repository.tree() if what == "tree" else repository.info()
        self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _resolve(self, name: str, revision: str, file: str) -> None:
        repository = self.hub.repository(name, revision)
        if repository is None:
            self._unknown()
            return
        commit = {"X-Repo-Commit": repository.commit}
        if file not in repository.files:
            self._send(404, b"", commit | {"X-Error-Code": "EntryNotFound"})
            return
        body, etag = repository.files[file], f'"{repository.etag(file)}"'
        if repository.is_large(file):
            linked = {"X-Linked-Etag": etag, "X-Linked-Size": str(len(body))}
            self._send(302, b"", commit | linked | {"Location": f"{self.hub.store_url}/{repository.etag(file)}"})
        else:
            self._send(200, body, commit | {"ETag": etag})

    def _store(self, digest: str, first: int) -> None:
        """Serve a large file, from byte `first` on; 416 where there is nothing from there on."""
        body = self.hub.large(digest)
        if body is None:
            self._send(404, b"")
            return
        if first >= len(body):
            self._send(416, b"", {"Content-Range": f"bytes */{len(body)}"})
            return
        headers = {"Content-Range": f"bytes {first}-{len(body) - 1}/{len(body)}"} if first else {}
        self._send(206 if first else 200, body[first:], headers, cut=self.hub.next_cut())

    def _unknown(self) -> None:
        """Say what the hub says to strangers: that it is not there, or not for them."""
        self._send(401, b"", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None, *, cut: int | None = None) -> None:
        self.send_response(HTTPStatus(status))
        for name, value in _with_length(headers or {}, body):
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[:cut])
        if cut is not None:
            self.close_connection = True


def _with_length(headers: dict[str, str], body: bytes) -> Iterable[tuple[str, str]]:
    return [*headers.items(), ("Content-Length", str(len(body)))]
