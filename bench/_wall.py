"""The server that `bench.wall` measures. Imported once Django is set up.

A new installation with one team, its lives, five minutes of what was said and written in them; then the pages and the
sockets as `vigie up` serves them, and what goes on happening: every live is counted each 2 s and says a sentence each
5 s. Says on its first line how to come in: workspace, session.
"""

import asyncio
import itertools
import random
import sys
import threading
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from vigie.events import TextAssessed
from vigie.people.models import Membership, Preset, Role, User, Workspace
from vigie.risk.models import Assessment, Outcome, Subject
from vigie.runtime import bus, clock, push
from vigie.runtime.models import WorkState
from vigie.site.program import listening, serving
from vigie.speech.models import Utterance
from vigie.watch.models import Channel, ChatState, Live, LiveSample, LiveState, Platform, Thumbnail
from vigie.watch.operations.counts import count_viewers, stretch_of

COUNTED_EACH_S, SAID_EACH_S = 2.0, 5.0
AGE_S, HISTORY_S = 900, 300
SENTENCE_S = 3.5
SENTENCES = (
    "Bienvenue à tous les nouveaux, vous êtes beaucoup ce soir, d'où venez-vous ?",
    "Il me reste deux caisses de poires, je les fais à moitié prix avant la fermeture.",
    "Franchement cette piste cyclable est ratée, je le dis et je le répète.",
    "Là je ponce doucement, dans le sens du fil, sinon on voit toutes les rayures.",
    "Attends, c'est à qui de lancer, là ? Non mais il triche depuis le début.",
)


def furnish(count: int) -> tuple[User, list[Live]]:
    """Return a moderator and their lives."""
    now = clock.now()
    team = Workspace.objects.create(name="Bench", slug="bench", preset=Preset.CHANNEL_MODERATION)
    user = User.objects.create(username="viewer", email="viewer@example.org", language="fr")
    Membership.objects.create(user=user, workspace=team, role=Group.objects.get(name=Role.MODERATOR))
    for number in range(count):
        channel = Channel.objects.create(
            workspace=team, platform=Platform.TIKTOK, address=f"live{number}", name=f"@live{number}", added_at=now
        )
        live = Live.objects.create(
            channel=channel,
            state=LiveState.OK,
            chat_state=ChatState.OK,
            viewers=100 * number,
            started_at=now - timedelta(seconds=AGE_S),
        )
        Thumbnail.objects.create(live=live, at_s=AGE_S, jpeg=b"grey")
        say(live, range(AGE_S - HISTORY_S, AGE_S, int(SAID_EACH_S)))
        begins = range(AGE_S - HISTORY_S, AGE_S, 10)
        LiveSample.objects.bulk_create(LiveSample(live=live, at_s=at_s, messages=_rng.randrange(60)) for at_s in begins)
    return user, list(Live.objects.select_related("channel"))


_rng = random.Random(1)  # noqa: S311 -- no secret: the same lives each time
_seqs: dict[int, "itertools.count[int]"] = {}


def say(live: Live, starts_s: Iterable[float]) -> list[Assessment]:
    """Return what was made of the sentences that begin there."""
    utterances = [_utterance(live, start_s) for start_s in starts_s]
    return Assessment.objects.bulk_create(
        Assessment(
            live=live,
            of=Subject.UTTERANCE,
            ref_id=said.pk,
            language="fr",
            state=WorkState.DONE,
            outcome=Outcome.ANALYSED,
            score=0.3 * _rng.random(),
            analyst="bench",
            assessed_at=said.spoken_at,
            **_stretch(said),
        )
        for said in Utterance.objects.bulk_create(utterances)
    )


def _utterance(live: Live, start_s: float) -> Utterance:
    seq = next(_seqs.setdefault(live.pk, itertools.count(1)))
    said = Utterance(live=live, state=WorkState.DONE, language="fr", seq=seq, text=_rng.choice(SENTENCES))
    said.start_s, said.end_s = start_s, start_s + SENTENCE_S
    said.spoken_at = live.started_at + timedelta(seconds=said.end_s)
    return said


def _stretch(said: Utterance) -> dict[str, Any]:
    return {"seq": said.seq, "start_s": said.start_s, "end_s": said.end_s, "text": said.text}


@transaction.atomic
def tell(live: Live) -> None:
    """Say a sentence and have it judged."""
    [made] = say(live, [_now_s(live)])
    bus.publish(
        TextAssessed(
            workspace_id=live.channel.workspace_id,
            live_id=live.pk,
            assessment_id=made.pk,
            of=made.of,
            ref_id=made.ref_id,
            seq=made.seq,
            text=made.text,
            category=made.category,
            score=made.score,
            hateful=False,
            reach=made.reach,
            target="",
            spans=(),
            justification="",
            analyst=made.analyst,
            state=made.outcome,
        )
    )


def count(live: Live) -> None:
    """Count what happened in a live, and its viewers."""
    at_s = _now_s(live)
    messages = {"messages": _rng.randrange(60)}
    LiveSample.objects.update_or_create(messages, live=live, at_s=stretch_of(at_s))
    count_viewers(live.pk, at_s, _rng.randrange(9000))


def _now_s(live: Live) -> float:
    return (clock.now() - live.started_at).total_seconds()


def play(lives: list[Live], stop: threading.Event) -> None:
    """Let things happen at their pace until `stop` is set; what a slow machine misses is made up for."""
    began, counted, told = time.monotonic(), 0, 0
    while not stop.wait(0.01):
        played_s = time.monotonic() - began
        for number in range(counted, int(played_s * len(lives) / COUNTED_EACH_S)):
            count(lives[number % len(lives)])
            counted = number + 1
        for number in range(told, int(played_s * len(lives) / SAID_EACH_S)):
            tell(lives[number % len(lives)])
            told = number + 1


async def serve(port: int, lives: list[Live], entry: str) -> None:
    """Serve until killed; say how to come in once somebody may."""
    stop = threading.Event()
    with listening("127.0.0.1", port) as listener:
        print(entry, flush=True)
        async with push.attached(), serving(listener):
            await asyncio.to_thread(play, lives, stop)


def main() -> None:
    """Furnish, then serve."""
    port, wanted = int(sys.argv[1]), int(sys.argv[2])
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        user, lives = furnish(wanted)
    visitor = Client()
    visitor.force_login(user)
    entry = f"{user.memberships.get().workspace_id} {visitor.cookies['sessionid'].value}"
    asyncio.run(serve(port, lives, entry))
