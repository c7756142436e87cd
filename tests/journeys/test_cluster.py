"""A small cluster on PostgreSQL and Redis: pages, two watchers, a worker, a beat; one watcher is killed."""

import json
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from psycopg import sql
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.journeys import records
from tests.journeys.product import Product, started, until
from tests.journeys.records import Record
from tests.journeys.test_killed import Studio, check_whole, prepare
from tests.postgres import server_named
from vigie.simulators.media.script import PREPARED

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

DEADLINE_S = 60.0


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database, and a part of Redis of its own, for every program started."""
    server, broker = server_named("VIGIE_TEST_POSTGRES"), server_named("VIGIE_TEST_REDIS")
    name = f"vigie_cluster_{secrets.token_hex(4)}"
    address = urlsplit(server)._replace(path=f"/{name}").geturl()
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("REDIS_URL", urlsplit(broker)._replace(path="/7").geturl())
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield address
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Cluster:
    """Its programs, and what they have written."""

    def __init__(self, database: str, data_dir: Path) -> None:
        self.database = database
        self.data_dir = data_dir
        self.watchers: dict[int, Product] = {}

    def record(self) -> Record:
        with closing(psycopg.connect(self.database)) as connection:
            return records.read_from(connection, self.data_dir)

    def owner(self) -> int | None:
        """The process that watches the live; None while nobody does."""
        with closing(psycopg.connect(self.database)) as connection:
            row = connection.execute(
                "SELECT owner FROM runtime_lease WHERE resource LIKE 'channel:%' AND expires_at > now()"
            ).fetchone()
        assert row is None or row[0].startswith(f"{socket.gethostname()}:")
        return int(row[0].split(":")[1]) if row else None


@pytest.fixture
def cluster(database: str, tmp_path: Path) -> Cluster:
    return Cluster(database, tmp_path)


@contextmanager
def open_page(pages: Product) -> Iterator[ClientConnection]:
    """Sign in and hold the socket of a page that follows the words of the live and the alerts of the team."""
    with httpx.Client(base_url=pages.url, follow_redirects=True) as browser:
        token = re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/accounts/login/").text)[0]
        entry = {"login": "camille", "password": "trois petits chats roux", "csrfmiddlewaretoken": token}
        browser.post("/accounts/login/", data=entry, headers={"Referer": pages.url})
        cookie = f"sessionid={browser.cookies['sessionid']}"
    address, headers = f"{pages.url.replace('http', 'ws')}/ws/", {"Cookie": cookie}
    with connect(address, origin=Origin(pages.url), additional_headers=headers) as page:
        page.send(json.dumps({"follow": ["words:1", "alerts:1"]}))
        assert json.loads(page.recv(DEADLINE_S)) == {"followed": ["alerts:1", "words:1"]}
        yield page


def pushed(page: ClientConnection, topic: str) -> None:
    """Return once something new of a topic reached the page."""
    while True:
        frame = json.loads(page.recv(DEADLINE_S))
        if frame.get("topic") == topic and frame["items"]:
            return


def test_another_watcher_takes_over_from_one_that_was_killed(cluster: Cluster, tmp_path: Path) -> None:
    studio = Studio(PREPARED / "en.vtt")
    with studio.media as media, ExitStack() as running:
        prepare(tmp_path, media.url("en.m3u8"))
        pages = running.enter_context(started("up --only web", tmp_path))
        for role in ("work", "beat", "watch", "watch"):
            program = running.enter_context(started(f"up --only {role}", tmp_path, has_pages=False))
            cluster.watchers[program.process.pid] = program
        until(lambda: bool(cluster.record().sound), "sound")
        with open_page(pages) as page:
            pushed(page, "words:1")
            pushed(page, "alerts:1")
        first = cluster.owner()
        assert first in cluster.watchers
        cluster.watchers[first].kill()
        before = cluster.record()
        until(lambda: cluster.owner() not in {None, first}, "another watcher")
        until(lambda: has_gone_on(before, cluster.record()), "more sound and more words, each of them judged")
        assert [program.stop() for pid, program in cluster.watchers.items() if pid != first] == [0, 0, 0]
        assert pages.troubles() == []
    after = cluster.record()
    assert {said for said in before.said if said.state == "done"} <= set(after.said)
    assert set(before.alerts) <= set(after.alerts)
    check_whole(after)


def has_gone_on(before: Record, now: Record) -> bool:
    return now.heard_s > before.heard_s + 2 and len(now.said) > len(before.said) and len(now.judged) == len(now.said)
