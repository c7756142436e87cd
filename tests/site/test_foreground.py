"""`vigie watch`: lines for programs and for people. The whole of it: tests/journeys/test_watch_command.py."""

import io
import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import connection
from rich.console import Console

from tests.factories import make_channel, make_live
from tests.site.test_report import ALERT, GAP, VERDICT, said
from vigie.adapters.web.client import WebMedia
from vigie.events import LiveStateChanged
from vigie.ports import AccountAuthority, ChatSource, LiveProbe, MediaSource, Reach
from vigie.runtime import bus, clock, registry
from vigie.simulators.media import MediaServer, demo_script
from vigie.site import foreground, platforms
from vigie.site.foreground import Source
from vigie.site.report import Line, Report
from vigie.site.studio import TIKTOK_HANDLE, Studio
from vigie.watch import operations
from vigie.watch.addresses import BadAddress, Flaw, Place
from vigie.watch.models import ChatMessage, ChatState, LiveState, Presence
from vigie.watch.watcher import NO_SOUND

A_MINUTE = timedelta(minutes=1)
PORTS = (LiveProbe, ChatSource, MediaSource, AccountAuthority)


def lines() -> list[Line]:
    report = Report()
    report.interrupted(GAP)
    told = [report.settled(said(1)), report.assessed(VERDICT), report.alerted(ALERT)]
    told += [report.settled(replace(said(2), state="failed", text="")), report.end(20.0)]
    return [line for group in told for line in group]


def test_as_text_tells_a_person_what_matters() -> None:
    output = io.StringIO()
    tell = foreground.as_text(Console(file=output, width=200))

    for line in lines():
        tell(line)

    assert output.getvalue().splitlines() == [
        "00:00:10  sentence 1",
        "          0.81 hateful because",
        "          alert 9",
        "00:00:15  2.5 s were not received: connection reset",
        "00:00:20  (failed)",
        "20.0 s heard, 2.5 s lost; utterances: 2, alerts: 1",
    ]


def test_as_text_says_nothing_of_ordinary_words() -> None:
    output = io.StringIO()
    line = {"type": "assessment", "state": "analysed", "score": 0.1}

    foreground.as_text(Console(file=output))(line)

    assert output.getvalue() == ""


def test_as_text_shows_words_that_look_like_markup_as_they_are() -> None:
    output = io.StringIO()
    event = replace(said(1), text="[red]not a colour[/]")

    foreground.as_text(Console(file=output, width=80))(Report().settled(event)[0])

    assert output.getvalue() == "00:00:10  [red]not a colour[/]\n"


def test_as_text_commands_nothing_to_the_terminal() -> None:
    output = io.StringIO()
    event = replace(said(1), text="\x1b[2Jclear \u202edrawkcab\n:smile:")

    foreground.as_text(Console(file=output, width=80))(Report().settled(event)[0])

    assert output.getvalue() == "00:00:10  ␛[2Jclear �drawkcab␊:smile:\n"


def test_as_json_tells_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    for line in lines():
        foreground.as_json(line)

    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == lines()


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("@camille", Place("tiktok", "camille")),
        ("https://www.twitch.tv/camille", Place("twitch", "camille")),
        ("a film.mp4", Place("web", "a film.mp4")),
        ("camille", Place("web", "camille")),
        ("https://live.example.org/a.m3u8", Place("web", "https://live.example.org/a.m3u8")),
    ],
)
def test_a_source_is_an_account_an_address_or_a_file(source: str, place: Place) -> None:
    assert foreground.place_to_watch(source) == place


@pytest.mark.parametrize(
    ("source", "flaw"),
    [
        ("@", Flaw.EMPTY),
        ("@ca mille", Flaw.UNFIT),
        ("@camille.", Flaw.HANDLE),
        ("https://www.tiktok.com/@ca mille", Flaw.UNFIT),
        ("https://vm.tiktok.com/ZMabc123/", Flaw.ACCOUNT),
        ("twitch.tv/directory", Flaw.ACCOUNT),
    ],
)
def test_what_can_only_be_meant_as_an_account_is_refused_in_one_line(source: str, flaw: Flaw) -> None:
    with pytest.raises(BadAddress) as refused:
        foreground.look(source)

    assert refused.value.flaw is flaw
    assert len(str(refused.value).splitlines()) == 1


@pytest.fixture
def _own_bus() -> Iterator[None]:
    """What follows the bus in a test follows it no longer after it."""
    before = {kind: list(followers) for kind, followers in bus._followers.items()}
    yield
    for kind, followers in bus._followers.items():
        followers[:] = before.get(kind, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_bus")
def test_what_is_not_received_of_a_platform_is_told_once() -> None:
    told: list[str] = []
    live = make_live(make_channel(platform="twitch", address="camille"))
    web = make_live()
    foreground.Warner(told.append).follow()
    for _ in range(2):
        operations.change_chat_state(live.pk, ChatState.REFUSED, "no Twitch account")
        for each in (live, web):
            operations.change_state(each.pk, LiveState.NO_AUDIO, NO_SOUND)
            operations.change_state(each.pk, LiveState.NO_AUDIO, "only for adults")

    assert told == ["The chat is not read: no Twitch account", "Nothing is heard: only for adults"]


@contextmanager
def asked_often() -> Iterator[None]:
    """Let platforms be asked at every look whether their lives are over."""
    is_over = Signal()

    def hurry() -> None:
        while not is_over.wait(foreground.LOOK_S):
            Presence.objects.update(due_at=clock.now() - A_MINUTE)  # due for a look under way, too
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        hurrying = pool.submit(hurry)
        try:
            yield
        finally:
            is_over.set()
        hurrying.result()


@pytest.fixture
def studio() -> Iterator[Studio]:
    """The studio's platforms in the place of the real ones."""
    keys = [(port, platform) for port in PORTS for platform in ("tiktok", "twitch")]
    before = {key: registry.current(*key) for key in keys}
    with Studio() as studio:
        platforms.provide(Reach.NETWORK, studio.vendors)
        yield studio
    for key, factory in before.items():
        registry.withdraw(*key)
        if factory:
            registry.provide(key[0], factory, key[1])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_bus")
@pytest.mark.parametrize("reads_chat", [True, False])
def test_a_live_of_a_platform_is_watched_to_its_end(studio: Studio, *, reads_chat: bool) -> None:
    lines: list[Line] = []
    warnings: list[str] = []

    def tell(line: Line) -> None:
        lines.append(line)
        if line["type"] == "chat":
            studio.tiktok.go_offline(TIKTOK_HANDLE)

    def end(event: LiveStateChanged) -> None:
        if event.state == LiveState.OK and not reads_chat:
            studio.tiktok.go_offline(TIKTOK_HANDLE)

    bus.follow(LiveStateChanged, end)
    with asked_often():
        trouble = foreground.run(Source(f"@{TIKTOK_HANDLE}", "fr", reads_chat=reads_chat), tell, warnings.append)

    assert (trouble, warnings, lines[-1]["type"]) == ("", [], "end")
    assert any(line["type"] == "chat" for line in lines) is reads_chat
    assert ChatMessage.objects.exists() is reads_chat


@pytest.fixture
def _in_reach() -> Iterator[None]:
    """Lives of this machine may be watched."""
    before = registry.current(MediaSource)
    registry.provide(MediaSource, lambda: WebMedia(Reach.NETWORK))
    yield
    registry.withdraw(MediaSource)
    if before:
        registry.provide(MediaSource, before)


@pytest.fixture
def _hears_interrupts() -> Iterator[None]:
    """As `vigie watch` does, also where a shell started the tests in the background."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_bus", "_in_reach", "_hears_interrupts")
def test_whatever_was_told_when_told_to_end_has_its_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreground, "FINISH_S", 0.0)
    monkeypatch.setattr(foreground, "embedded_engine", nullcontext)  # too slow to judge anything
    lines: list[Line] = []

    def tell(line: Line) -> None:
        if not lines:
            os.kill(os.getpid(), signal.SIGINT)
        lines.append(line)

    with MediaServer(demo_script()) as media, pytest.raises(KeyboardInterrupt):
        foreground.run(Source(media.url("fr.m3u8"), "fr"), tell, str)

    said = [line["seq"] for line in lines if line["type"] == "utterance"]
    assert said
    assert [line["seq"] for line in lines if line["type"] == "assessment"] == said
    assert lines[-1]["type"] == "end"
