import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from channels.layers import get_channel_layer

from tests.factories import NOW, make_alert, make_assessment, make_channel, make_live, make_utterance, make_workspace
from vigie import events
from vigie.runtime import clock, push
from vigie.runtime.models import WorkState
from vigie.site import pushes
from vigie.speech.models import Utterance
from vigie.watch.models import Gap, Live, LiveState

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Sent:
    """A fragment on its way to pages in one language."""

    topic: str
    target: str
    swap: str
    html: str


class Outbox:
    """What waits to be sent to the pages, in order within a topic."""

    def read(self, language: str = "en") -> list[Sent]:
        assert push._pusher is not None
        return [
            Sent(topic, **item[language]) for topic, items in sorted(push._pusher._waiting.items()) for item in items
        ]

    def places(self) -> list[tuple[str, str, str]]:
        return [(sent.topic, sent.target, sent.swap) for sent in self.read()]

    def html(self, target: str, language: str = "en") -> str:
        return next(sent.html for sent in self.read(language) if sent.target == target)


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    loop = asyncio.new_event_loop()  # it never runs: nothing is sent
    push.attach(loop)
    yield Outbox()
    push.detach()
    loop.close()


@pytest.fixture
def live() -> Live:
    channel = make_channel(make_workspace("team"), name="Plateau")
    return make_live(channel, started_at=clock.now(), heard_s=99, lost_s=1)


def settled(utterance: Utterance) -> events.UtteranceSettled:
    return events.UtteranceSettled(
        workspace_id=utterance.live.channel.workspace_id,
        live_id=utterance.live_id,
        utterance_id=utterance.pk,
        seq=utterance.seq,
        start_s=utterance.start_s,
        end_s=utterance.end_s,
        text=utterance.text,
        source=utterance.source,
        language=utterance.language,
        state=utterance.state,
    )


def assessed(utterance: Utterance, score: float, of: str = "utterance") -> events.TextAssessed:
    made = make_assessment(utterance, score=score)
    return events.TextAssessed(
        workspace_id=utterance.live.channel.workspace_id,
        live_id=utterance.live_id,
        assessment_id=made.pk,
        of=of,
        ref_id=utterance.pk,
        seq=utterance.seq,
        text=utterance.text,
        category=made.category,
        score=score,
        hateful=made.hateful,
        reach=made.reach,
        target="",
        spans=(),
        justification="",
        analyst=made.analyst,
        state="analysed",
    )


def test_a_new_live_comes_last_among_those_on_air(live: Live, outbox: Outbox) -> None:
    team = live.channel.workspace_id

    pushes.show_live(events.LiveStarted(team, live.pk, live.channel_id, NOW))

    assert outbox.places() == [(f"lives:{team}", "on-air", "append")]
    assert f'href="/w/team/lives/{live.pk}/"' in outbox.html("on-air")


def test_a_state_is_shown_on_its_page_and_among_the_others(live: Live, outbox: Outbox) -> None:
    team = live.channel.workspace_id
    Live.objects.update(state=LiveState.RECONNECTING, reason="the connection broke")

    pushes.show_state(events.LiveStateChanged(team, live.pk, "reconnecting", "the connection broke"))

    assert outbox.places() == [
        (f"live:{live.pk}", f"state-{live.pk}", "replace"),
        (f"live:{live.pk}", f"reason-{live.pk}", "replace"),
        (f"lives:{team}", f"state-{live.pk}", "replace"),
        (f"lives:{team}", f"reason-{live.pk}", "replace"),
    ]
    assert "reconnecting" in outbox.html(f"state-{live.pk}")
    assert "the connection broke" in outbox.html(f"reason-{live.pk}")


def test_an_end_stops_the_clock_of_a_live(live: Live, outbox: Outbox) -> None:
    Live.objects.update(state=LiveState.ENDED, ended_at=NOW)

    pushes.show_state(events.LiveEnded(live.channel.workspace_id, live.pk, NOW, ""))

    assert "ended" in outbox.html(f"state-{live.pk}")
    assert "elapsed" not in outbox.html(f"state-{live.pk}")
    assert "hidden" in outbox.html(f"reason-{live.pk}")


def test_a_gap_is_a_line_among_the_words(live: Live, outbox: Outbox) -> None:
    gap = Gap.objects.create(live=live, from_s=12, to_s=15.2, cause="the stream stalled")

    pushes.show_gap(events.GapRecorded(live.channel.workspace_id, live.pk, gap.pk, 12, 15.2, gap.cause))

    assert outbox.places() == [
        (f"live:{live.pk}", f"heard-{live.pk}", "replace"),
        (f"words:{live.pk}", "words", "append"),
    ]
    assert 'data-at="12.000"' in outbox.html("words")
    assert "Gap, 3.2 s. Nothing was heard." in outbox.html("words")
    assert "1 gap" in outbox.html(f"heard-{live.pk}")


def test_words_go_to_those_who_read_alone(live: Live, outbox: Outbox) -> None:
    utterance = make_utterance(live, text="Bonjour à tous.")

    pushes.show_words(settled(utterance))

    with_words = {sent.topic for sent in outbox.read() if "Bonjour" in sent.html}
    assert with_words == {f"words:{live.pk}"}
    assert f'id="line-u{utterance.pk}"' in outbox.html("words")


def test_words_that_cannot_be_had_are_told_with_their_reason(live: Live, outbox: Outbox) -> None:
    pushes.show_words(settled(make_utterance(live, text="", state=WorkState.SKIPPED, reason="waited too long")))

    assert "waited too long" in outbox.html("words")
    assert "/w/team/utterances/" in outbox.html("words")


def test_silence_is_no_line(live: Live, outbox: Outbox) -> None:
    pushes.show_words(settled(make_utterance(live, text="")))

    assert outbox.places() == []


def test_a_judgement_marks_the_words_wherever_they_are_shown(live: Live, outbox: Outbox) -> None:
    utterance = make_utterance(live, text="Des mots graves.")
    team = live.channel.workspace_id

    pushes.show_judgement(assessed(utterance, 0.86))

    assert outbox.places() == [
        (f"said:{team}", f"said-{live.pk}", "replace"),
        (f"said:{team}", f"risk-{live.pk}", "replace"),
        (f"words:{live.pk}", f"words-{utterance.pk}", "replace"),
    ]
    assert "0.86" in outbox.html(f"words-{utterance.pk}")
    assert "0,86" in outbox.html(f"words-{utterance.pk}", "fr")
    assert "Des mots graves." in outbox.html(f"said-{live.pk}")
    assert "highest 0.86" in outbox.html(f"risk-{live.pk}")


def test_what_is_made_of_chat_is_not_shown_among_the_words(live: Live, outbox: Outbox) -> None:
    pushes.show_judgement(assessed(make_utterance(live), 0.9, of="chat"))

    assert outbox.places() == []


@pytest.mark.parametrize("kind", ["raised", "changed"])
def test_alerts_are_counted_and_listed_for_those_who_see_them(live: Live, outbox: Outbox, kind: str) -> None:
    alert = make_alert(make_assessment(make_utterance(live)))
    team = live.channel.workspace_id

    if kind == "raised":
        pushes.show_alerts(events.AlertRaised(team, live.pk, alert.pk, alert.assessment_id, 1, alert.score))
    else:
        pushes.show_alerts(events.AlertChanged(team, live.pk, alert.pk, alert.state))

    assert outbox.places() == [
        (f"alerts:{team}", f"pending-{live.pk}", "replace"),
        (f"alerts:{team}", f"alerts-{live.pk}", "replace"),
    ]
    assert "1 alert" in outbox.html(f"pending-{live.pk}")
    assert f'href="/w/team/alerts/{alert.pk}/"' in outbox.html(f"alerts-{live.pk}")


@pytest.mark.parametrize(
    "verb",
    [
        "role.changed",
        "person.removed",
        "workspace.changed",
        "admin.changed",
        "account.signed_out",
        "account.password_changed",
        "account.password_reset",
    ],
)
async def test_open_pages_are_told_when_rights_change(verb: str) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(push.ACCESS, channel)

    async with push.attached(), asyncio.timeout(10):
        pushes.reconsider_access(events.Acted(1, 2, "alert.decided"))
        pushes.reconsider_access(events.Acted(1, 2, verb))
        user_id = 2 if verb.startswith("account.") else None
        assert await layer.receive(channel) == {"type": "access.changed", "user_id": user_id}
    assert not layer.channels.get(channel)
