"""`vigie watch`: one live or media file, the whole way of the data, in this program and for its duration."""

import asyncio
import json
import os
import secrets
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from time import monotonic, sleep

from rich.console import Console
from rich.markup import escape

from vigie.errors import VigieError
from vigie.events import AlertRaised, AudienceActive, GapRecorded, LiveStateChanged, TextAssessed, UtteranceSettled
from vigie.people import presets
from vigie.people.operations import NewAccount
from vigie.ports import HIGH, MEDIUM, MediaSource, PortError
from vigie.risk import tasks as risk_tasks
from vigie.risk.models import Assessment, Outcome
from vigie.runtime import bus, clock, registry
from vigie.runtime.embedded import embedded_engine
from vigie.runtime.models import UNFINISHED, WorkState
from vigie.runtime.terminal import hush, visible
from vigie.site import platforms
from vigie.site.furnish import first_workspace
from vigie.site.report import Line, Report, chat_line
from vigie.site.templatetags.vigie import timecode
from vigie.speech import operations as speech
from vigie.speech import recognizers
from vigie.speech.models import Utterance
from vigie.watch import following, queries, watching
from vigie.watch import operations as watch
from vigie.watch.addresses import BadAddress, Place, place_of, site_of
from vigie.watch.models import Channel, ChatState, Live, LiveState, Platform
from vigie.watch.operations import Label
from vigie.watch.watcher import NO_SOUND, PAUSED

SILENCES = frozenset({NO_SOUND, PAUSED})
"""Why a live has no sound though it is received."""
LOOK_S = 0.1
FINISH_S = 3.0
"""How long the last words may take when told to end; told so again, it waits no more."""

Tell = Callable[[Line], None]


class NothingHeard(VigieError):
    """Nothing could be heard."""


@dataclass(frozen=True, slots=True)
class Source:
    """What to watch."""

    address: str
    language: str
    reads_chat: bool = True


class Teller:
    """Follows the events of this program and tells each line once, from whatever thread it comes."""

    def __init__(self, tell: Tell) -> None:
        self._report = Report()
        self._tell = tell
        self._lock = Lock()
        self.trouble: OSError | None = None
        """Why a line could not be told."""

    def follow(self) -> None:
        """Listen to the bus from now on."""
        bus.follow(UtteranceSettled, lambda event: self._take(lambda: self._report.settled(event)))
        bus.follow(TextAssessed, lambda event: self._take(lambda: self._report.assessed(event)))
        bus.follow(AlertRaised, lambda event: self._take(lambda: self._report.alerted(event)))
        bus.follow(GapRecorded, lambda event: self._take(lambda: self._report.interrupted(event)))
        bus.follow(
            AudienceActive, lambda event: self._take(lambda: map(chat_line, queries.messages_among(event.message_ids)))
        )

    def end(self, audio_s: float) -> None:
        """Tell what was still held back, and the last line."""
        self._take(lambda: self._report.end(audio_s))

    def _take(self, lines: Callable[[], Iterable[Line] | None]) -> None:
        with self._lock:
            for line in lines() or ():
                self._say(line)

    def _say(self, line: Line) -> None:
        """Tell a line; where it cannot be written, as when nobody reads any more, end the program as Ctrl+C does."""
        try:
            self._tell(line)
        except OSError as error:
            hush()
            self.trouble = self.trouble or error
            os.kill(os.getpid(), signal.SIGINT)


class Warner:
    """Follows the lives of this program and says once of each that it is not read or not heard, and why."""

    def __init__(self, warn: Callable[[str], object]) -> None:
        self._warn = warn
        self._told: set[str] = set()

    def follow(self) -> None:
        """Listen to the bus from now on."""
        bus.follow(LiveStateChanged, self._look)

    def _look(self, event: LiveStateChanged) -> None:
        live = Live.objects.select_related("channel").get(pk=event.live_id)
        if live.chat_state == ChatState.REFUSED:
            self._once("The chat is not read", live.chat_reason)
        if live.channel.is_detected and event.state == LiveState.NO_AUDIO and event.reason not in SILENCES:
            self._once("Nothing is heard", event.reason)

    def _once(self, what: str, reason: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._warn(f"{what}: {reason}")


class Terminal(Console):
    """A console that leaves it to whoever prints what to do when nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError, where rich would end the thread."""
        raise BrokenPipeError


def look(address: str) -> None:
    """Raise NothingHeard for a path without a file, BadAddress for no account.

    Asks nobody: an address of the network is not looked at.
    """
    if place_to_watch(address).platform == Platform.WEB and "://" not in address:
        try:
            asyncio.run(registry.get(MediaSource).resolve(address))
        except PortError as error:
            raise NothingHeard(str(error)) from error


def place_to_watch(source: str) -> Place:
    """Return the account that a source names; what is none is the address of a live, or a file.

    Raises BadAddress for what can only be meant as an account and is none.
    """
    try:
        place = place_of(source)
    except BadAddress:
        if source.startswith("@") or site_of(source):
            raise
        return Place(Platform.WEB, source)
    return Place(Platform.WEB, source) if place.platform == Platform.WEB else place


def run(source: Source, tell: Tell, warn: Callable[[str], object]) -> str:
    """Watch `source` to its end, telling each line; return what went wrong in the end, empty for nothing.

    `warn` is told what of a platform's live is not received. Interrupted, it tells how far it came. Raises NothingHeard
    with the reason when nothing was ever heard, BadAddress for no account, OSError when a line could not be told.
    """
    account = NewAccount("console", "console@example.org", secrets.token_urlsafe(16))
    now = clock.now()
    member = first_workspace(account, name="Console", now=now)
    label = Label(source.address[-120:], source.language)
    if not source.reads_chat:
        member.workspace.modules = [module for module in member.workspace.modules if module != presets.CHAT]
        member.workspace.save(update_fields=["modules"])
    channel = watch.add_channel(member.workspace, place_to_watch(source.address), label, actor=member, now=now)
    if channel.is_detected:
        watch.start_watching(channel, actor=member)
    teller = Teller(tell)
    teller.follow()
    Warner(warn).follow()
    try:
        with embedded_engine():
            outcome = _watched(channel.pk, teller)
    except KeyboardInterrupt:
        if teller.trouble:
            raise teller.trouble from None
        with suppress(KeyboardInterrupt):
            risk_tasks.assess_pending()  # whatever was told has its verdict, however long the words took
        for live in channel.lives.all():
            teller.end(live.heard_s)
        raise
    if outcome.live_id is None or not outcome.stop.is_over:
        raise NothingHeard(outcome.stop.reason)
    teller.end(Live.objects.get(pk=outcome.live_id).heard_s)
    return "" if outcome.stop.reason == watching.OVER else outcome.stop.reason


async def _follow(channel_id: int) -> watching.Outcome:
    async with platforms.at_work():
        return await following.follow(channel_id)


def _watched(channel_id: int, teller: Teller) -> watching.Outcome:
    """Return how watching ended, once all that was said has its words and its verdict; interrupted, what there is."""
    try:
        is_detected = Channel.objects.get(pk=channel_id).is_detected
        outcome = asyncio.run(_follow(channel_id) if is_detected else watching.watch_live(channel_id))
    except KeyboardInterrupt:
        if not teller.trouble:
            _finish(channel_id, within_s=FINISH_S)
        raise
    _finish(channel_id)
    return outcome


def _finish(channel_id: int, *, within_s: float = float("inf")) -> None:
    """Wait until nothing said waits for its words or its verdict any more, or the time is over."""
    until = monotonic() + within_s
    if recognizers.missing():
        waiting = Utterance.objects.filter(live__channel=channel_id, state=WorkState.PENDING)
        speech.skip(list(waiting), recognizers.missing())
    while _is_unfinished(channel_id) and monotonic() < until:
        sleep(LOOK_S)


def _is_unfinished(channel_id: int) -> bool:
    return (
        Utterance.objects.filter(live__channel=channel_id, state__in=UNFINISHED).exists()
        or Assessment.objects.filter(live__channel=channel_id, state__in=UNFINISHED, outcome=Outcome.WAITING).exists()
    )


def as_json(line: Line) -> None:
    """Tell a line as a JSON object."""
    print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201 -- the output of the command


def as_text(console: Console) -> Tell:
    """Return what tells a line to a person."""

    def tell(line: Line) -> None:
        text = _TEXTS[line["type"]](
            {key: visible(part) if isinstance(part, str) else part for key, part in line.items()}
        )
        if text:
            console.print(text, highlight=False, emoji=False)

    return tell


def _utterance(line: Line) -> str:
    said = escape(line["text"]) if line["state"] == "done" else f"[dim]({line['state']})[/]"
    return f"[dim]{timecode(line['start_s'])}[/]  {said}"


def _assessment(line: Line) -> str:
    if line["state"] != "analysed" or line["score"] < MEDIUM:
        return ""
    color = "red" if line["score"] >= HIGH else "yellow"
    return f"          [{color}]{line['score']:.2f} {line['category']}[/] [dim]{escape(line['justification'])}[/]"


def _gap(line: Line) -> str:
    length_s = line["to_s"] - line["from_s"]
    return f"[dim]{timecode(line['from_s'])}  {length_s:.1f} s were not received: {escape(line['cause'])}[/]"


def _end(line: Line) -> str:
    return (
        f"[dim]{line['audio_s']:.1f} s heard, {line['lost_s']:.1f} s lost; utterances: {line['utterances']},"
        f" alerts: {line['alerts']}[/]"
    )


def _chat(line: Line) -> str:
    return f"          [cyan]{escape(line['user'])}[/] {escape(line['text'])}" if line["text"] else ""


_TEXTS: dict[str, Callable[[Line], str]] = {
    "utterance": _utterance,
    "assessment": _assessment,
    "alert": lambda line: f"          [bold red]alert {line['id']}[/]",
    "chat": _chat,
    "gap": _gap,
    "end": _end,
}
