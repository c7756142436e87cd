"""The action `alert`: what a rule acts on waits for a human, who decides."""

import pytest
from django.test import Client

from tests.factories import NOW, make_assessment, make_membership, make_workspace
from tests.moderation.alerts import address
from tests.rules.rows import chat, judge, make_firing, make_rule, on_air, say, spec
from vigie.events import Acted
from vigie.governance.models import AuditEntry
from vigie.moderation import actions, operations, queries
from vigie.moderation.actions import AlertOptions
from vigie.moderation.models import Alert, AlertState
from vigie.moderation.operations import Choice
from vigie.people.models import Membership, Workspace
from vigie.risk import operations as risk
from vigie.risk import tasks as risk_tasks
from vigie.risk.models import Assessment, Outcome, Subject
from vigie.rules import queries as rules
from vigie.rules.models import Firing
from vigie.runtime import bus
from vigie.runtime.models import WorkState
from vigie.watch.models import Live
from vigie.watch.operations.chat import erase_chatter

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def live(workspace: Workspace) -> Live:
    return on_air(workspace)


def fire(live: Live, when: str, trigger: str, **fields: object) -> Firing:
    """Let rule 1, “Watch out”, act on this."""
    conditions = {"viewers": [{"every": 10}], "likes": [{"every": 10}]}.get(when, [])
    version = make_rule(live.channel.workspace, spec("Watch out", when, conditions=conditions))
    return make_firing(version, live, trigger=trigger, **fields)


def raise_alert(firing: Firing, severity: float | None = None) -> Alert:
    actions.raise_alert(rules.fired(firing.pk), AlertOptions(severity=severity))
    return Alert.objects.get()


# ── on what ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_judged_text_has_its_alert(live: Live) -> None:
    assessment = judge(live, 0.3, start_s=20)

    alert = raise_alert(firing := fire(live, "assessment", f"assessment:{assessment}"))

    assert (alert.assessment_id, alert.score, alert.threshold, alert.firing) == (assessment, 0.3, 0.7, firing)
    assert (alert.workspace, alert.live, alert.state) == (live.channel.workspace, live, AlertState.PENDING)


def test_speech_has_the_alert_of_its_assessment(live: Live) -> None:
    utterance = say(live, "clip it", start_s=20)

    alert = raise_alert(fire(live, "speech", f"speech:{utterance}"))

    assert (alert.assessment.of, alert.assessment.ref_id, alert.assessment.text) == ("utterance", utterance, "clip it")
    assert (alert.assessment.start_s, alert.assessment.end_s) == (20.0, 23.5)
    assert alert.assessment.outcome == Outcome.WAITING


def test_a_message_is_judged_because_a_rule_asks_for_it(live: Live) -> None:
    chat(live, "Les musulmans sont des rats.", at_s=40)
    message = live.messages.get()

    alert = raise_alert(fire(live, "chat", f"chat:{message.pk}"))

    assessment = alert.assessment
    assert (assessment.of, assessment.ref_id, assessment.text) == ("chat", message.pk, message.text)
    assert (assessment.start_s, assessment.state, alert.score) == (40.0, WorkState.PENDING, 0.0)


@pytest.mark.parametrize(
    ("when", "trigger", "value", "text"),
    [
        ("hype", "hype:1767607200", 42, "hype: 42 people wrote within 5 s"),
        ("viewers", "viewers:120", 1500, "1500 viewers"),
        ("likes", "likes:120", 10_000, "10000 likes so far"),
        ("live_started", "live_started", None, "the live begins"),
        ("chat", "chat:999999", None, "what was written is gone"),
    ],
)
def test_what_has_no_words_is_a_moment_that_nobody_judges(
    live: Live, when: str, trigger: str, value: int | None, text: str
) -> None:
    firing = fire(live, when, trigger, value=value)

    assessment = raise_alert(firing).assessment

    assert (assessment.of, assessment.ref_id, assessment.text) == (Subject.MOMENT, firing.pk, text)
    assert (assessment.start_s, assessment.end_s) == (5.0, 10.0)
    assert (assessment.outcome, assessment.state) == (Outcome.NOT_ANALYSED, WorkState.SKIPPED)
    assert not risk_tasks.is_due(NOW)


def test_a_gift_without_words_is_a_moment(live: Live) -> None:
    chat(live, "", at_s=40, value=500)
    message = live.messages.get()

    alert = raise_alert(fire(live, "gift", f"chat:{message.pk}", value=500))

    assert (alert.assessment.of, alert.assessment.text) == ("moment", "a gift worth 500")


def test_a_rule_says_how_severe_a_moment_is(live: Live) -> None:
    alert = raise_alert(fire(live, "hype", "hype:1", value=42), severity=0.5)

    assert (alert.score, alert.assessment.score) == (0.5, 0.0)


def test_an_alert_is_raised_once(live: Live) -> None:
    assessment = judge(live, 0.9, start_s=20)
    first = raise_alert(fire(live, "assessment", f"assessment:{assessment}"))

    again = raise_alert(fire(live, "assessment", f"assessment:{assessment}"), severity=1.0)

    assert again == first
    assert again.score == 0.9


def test_it_is_accounted_for_with_the_rule(live: Live) -> None:
    told: list[Acted] = []
    bus.react(Acted, told.append)
    firing = fire(live, "hype", "hype:1", value=42)

    alert = raise_alert(firing)
    bus.unreact(Acted, told.append)

    [act] = [act for act in told if act.verb == "alert.raised"]
    assert (act.actor_id, act.subject_id) == (None, str(alert.pk))
    assert act.payload == {"score": 0.0, "threshold": 0.7, "rule": firing.version.rule_id}


# ── judged afterwards ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_judged_to_be_worse_stands_higher(live: Live) -> None:
    chat(live, "Les musulmans sont des rats.", at_s=40)
    alert = raise_alert(fire(live, "chat", f"chat:{live.messages.get().pk}"))

    risk_tasks.assess_pending()

    alert.refresh_from_db()
    assert alert.assessment.outcome == Outcome.ANALYSED
    assert alert.score == alert.assessment.score >= 0.7
    assert Alert.objects.count() == 1
    assert AuditEntry.objects.filter(verb="alert.ranked").count() == 1


def test_what_is_harmless_stays_where_the_rule_put_it(live: Live) -> None:
    chat(live, "Bonjour à tous et bienvenue.", at_s=40)
    alert = raise_alert(fire(live, "chat", f"chat:{live.messages.get().pk}"), severity=0.5)

    risk_tasks.assess_pending()

    alert.refresh_from_db()
    assert (alert.score, alert.state) == (0.5, AlertState.PENDING)


def test_a_decided_alert_stays_as_it_was_decided(live: Live) -> None:
    chat(live, "Les musulmans sont des rats.", at_s=40)
    raise_alert(fire(live, "chat", f"chat:{live.messages.get().pk}"))
    Alert.objects.update(score=0.1)
    member = make_membership(workspace=live.channel.workspace)
    operations.decide(Alert.objects.get().pk, Choice("dismissed"), actor=member, version=1, now=NOW)

    risk_tasks.assess_pending()

    assert Alert.objects.get().score == 0.1


# ── what a human sees ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def member(client: Client, workspace: Workspace) -> Membership:
    membership = make_membership(workspace=workspace)
    client.force_login(membership.user)
    return membership


def test_the_queue_and_the_page_say_which_rule_raised_it(client: Client, member: Membership, live: Live) -> None:
    alert = raise_alert(fire(live, "hype", "hype:1", value=42))

    [row] = queries.rows(queries.alerts_for(member), NOW)
    page = client.get(address("alert", alert)).content.decode()

    assert str(row.why[0]) == "rule 1: Watch out"
    assert "<dd>rule 1: Watch out</dd>" in page
    assert "hype: 42 people wrote within 5 s" in page
    assert "<b>Not analysed.</b>" in page
    assert "<b>Neutral.</b>" not in page
    assert "Alert from" not in page


def test_the_page_shows_a_message_as_it_was_judged(client: Client, member: Membership, live: Live) -> None:
    chat(live, "Les musulmans sont des rats.", at_s=40)
    alert = raise_alert(fire(live, "chat", f"chat:{live.messages.get().pk}"))
    risk_tasks.assess_pending()

    page = client.get(address("alert", alert)).content.decode()

    quote = page.partition('<p class="quote">')[2].partition("</p>")[0]
    assert quote == 'Les <mark class="high">musulmans</mark> sont des <mark class="high">rats</mark>.'


def test_an_alert_of_the_threshold_names_no_rule(client: Client, member: Membership, live: Live) -> None:
    alert = Alert.objects.create(
        workspace=live.channel.workspace,
        live=live,
        assessment=make_assessment(),
        score=0.8,
        raised_at=NOW,
        threshold=0.7,
    )

    page = client.get(address("alert", alert)).content.decode()

    assert "Alert from" in page
    assert "Raised by" not in page


def test_a_human_decides_it_like_any_other(client: Client, member: Membership, live: Live) -> None:
    alert = raise_alert(fire(live, "hype", "hype:1", value=42))

    answer = client.post(address("alert-decide", alert), {"state": "dismissed", "version": "1"})

    assert answer.status_code == 302
    assert Alert.objects.get().state == AlertState.DISMISSED


# ── erased ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_words_of_somebody_who_was_erased_are_gone_and_what_was_decided_stays(live: Live) -> None:
    chat(live, "Les musulmans sont des rats.", by=1, at_s=40)
    chat(live, "Bonjour.", by=2, at_s=50)
    first, second = live.messages.order_by("pk")
    for message in (first, second):
        actions.raise_alert(rules.fired(fire(live, "chat", f"chat:{message.pk}").pk), AlertOptions())
    risk_tasks.assess_pending()
    said = judge(live, 0.9, start_s=60)

    erase_chatter(first.chatter, actor=make_membership(workspace=live.channel.workspace), reason="asked for it")

    gone = Assessment.objects.get(of="chat", ref_id=first.pk)
    assert (gone.text, gone.spans, gone.signals, gone.target) == (risk.GONE, [], [], "")
    assert Alert.objects.filter(assessment=gone).exists()
    assert Assessment.objects.get(of="chat", ref_id=second.pk).text == "Bonjour."
    assert Assessment.objects.get(pk=said).text


def test_what_is_erased_before_it_is_judged_is_not_judged(live: Live) -> None:
    chat(live, "Les musulmans sont des rats.", at_s=40)
    message = live.messages.get()
    raise_alert(fire(live, "chat", f"chat:{message.pk}"))

    erase_chatter(message.chatter, actor=make_membership(workspace=live.channel.workspace), reason="asked for it")

    assessment = Assessment.objects.get()
    assert (assessment.state, assessment.outcome) == (WorkState.SKIPPED, Outcome.NOT_ANALYSED)
    assert not risk_tasks.is_due(NOW)
