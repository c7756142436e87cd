"""The program is killed while it reads a chat, and started again: each message a row once, what is missing is a gap."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from tests.journeys.chaos import TOLERANCE_S, is_told
from tests.journeys.product import LOG, environment, until, vigie
from vigie.simulators.tiktok import Account, TikTokServer, viewer

PREPARE = """
from vigie.people.operations import NewAccount
from vigie.runtime import clock
from vigie.site import furnish, upkeep
from vigie.watch import operations as watch
from vigie.watch.addresses import Place

now = clock.now()
upkeep.migrate(now)
account = NewAccount("camille", "camille@example.org", "trois petits chats roux")
member = furnish.first_workspace(account, name="Les Halles", now=now)
channel = watch.add_channel(member.workspace, Place("tiktok", "marche"), watch.Label("M", "fr"), actor=member, now=now)
watch.start_watching(channel, actor=member)
"""
UP = """
from vigie.ports import Reach
from vigie.site import bootstrap, program
from vigie.site.platforms import Vendors

base = "{}"
tiktok = {{"app_url": base, "webcast_url": base + "/webcast", "sign_url": base + "/sign"}}
bootstrap.let_sources_reach(Reach.NETWORK, Vendors(tiktok=tiktok, signs_per_minute=600.0))
with program.listening("127.0.0.1", 0) as listener:
    program.run(frozenset(program.Role), listener)
"""
BEFORE, AFTER = 40, 40
"""Messages that are stored before the kill, and that follow after the restart."""
SAY_EVERY_S = 0.1


class Crowd:
    """Says something ten times a second, and knows when."""

    def __init__(self, server: TikTokServer) -> None:
        self.said: dict[str, datetime] = {}
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._talk, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _talk(self) -> None:
        while not self._stop.wait(SAY_EVERY_S):
            at, number = datetime.now(UTC), len(self.said)
            message = self._server.say("marche", f"message {number}", viewer=viewer(number % 7))
            self.said[str(message)] = at


def test_killed_while_it_reads_a_chat_it_stores_each_message_once_and_tells_the_rest(tmp_path: Path) -> None:
    with TikTokServer() as server, Crowd(server) as crowd:
        server.add(Account("marche"))
        made = vigie(tmp_path, "shell", "-v0", "-c", PREPARE)
        assert (made.returncode, made.stderr) == (0, "")
        with up(tmp_path, server) as program:
            until(lambda: len(stored(tmp_path)) >= BEFORE, "the first messages")
            program.kill()
        before = stored(tmp_path)
        with up(tmp_path, server):
            until(lambda: len(stored(tmp_path)) >= len(before) + AFTER, "messages after the restart")
        have = set(stored(tmp_path))
        last = max(at for number, at in list(crowd.said.items()) if number in have)
    after, gaps, started_at = stored(tmp_path), chat_gaps(tmp_path), live_started_at(tmp_path)
    assert len(after) == len(set(after))
    assert set(before) <= set(after)
    silent = [
        number
        for number, at in crowd.said.items()
        if number not in after and started_at <= at <= last and not is_told((at - started_at).total_seconds(), gaps)
    ]
    assert silent == []
    assert any(to_s - from_s > TOLERANCE_S for from_s, to_s in gaps)


@contextmanager
def up(data_dir: Path, server: TikTokServer) -> Iterator[subprocess.Popen[bytes]]:
    """Run all of Vigie, with TikTok where the server is."""
    code = UP.format(server.url().rstrip("/"))
    with (data_dir / LOG).open("a") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "vigie", "shell", "-v0", "-c", code],
            env=environment(data_dir, log_format="json", recognizer="none"),
            stdout=log,
            stderr=log,
        )
    try:
        yield program
    finally:
        program.terminate()
        program.wait(30)


def rows(data_dir: Path, question: str) -> list[tuple[str, ...]]:
    """Ask the database, as long as there is one."""
    with closing(sqlite3.connect(f"file:{data_dir / 'vigie.sqlite3'}?mode=ro", uri=True, timeout=20)) as database:
        return database.execute(question).fetchall()


def stored(data_dir: Path) -> list[str]:
    return [number for (number,) in rows(data_dir, "SELECT platform_id FROM watch_chatmessage")]


def chat_gaps(data_dir: Path) -> list[tuple[float, float]]:
    found = rows(data_dir, "SELECT from_s, to_s FROM watch_gap WHERE track = 'chat'")
    return [(float(from_s), float(to_s)) for from_s, to_s in found]


def live_started_at(data_dir: Path) -> datetime:
    [(text,)] = rows(data_dir, "SELECT started_at FROM watch_live")
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
