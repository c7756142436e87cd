from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, make_live, make_membership
from tests.site.audiences import make_audience, sample
from vigie.people.models import Membership
from vigie.site import facts
from vigie.watch.models import ChatState, Gap, Live, Reach, Track
from vigie.watch.virality import Feature, Signal


def feature(signal: Signal, points: float) -> Feature:
    return Feature(signal, 1.0, 1.0, points, points)


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ((0.9, 0.5, 0.3), ["more shares", "more people write"]),
        ((0.1, 0.5, 0.0), ["more people write"]),
        ((0.1, -0.9, 0.19), []),
    ],
)
def test_reasons_are_the_strongest_signals(points: tuple[float, float, float], told: list[str]) -> None:
    signals = (Signal.SHARES, Signal.COMMENTERS, Signal.LIKES)

    found = facts.reasons(tuple(feature(signal, each) for signal, each in zip(signals, points, strict=True)))

    assert [str(reason) for reason in found] == told


def test_every_signal_has_words() -> None:
    assert set(facts.SIGNALS) == set(Signal)


# ── on the page ──


@pytest.fixture
def member(client: Client) -> Membership:
    """A moderator, signed in."""
    membership = make_membership("moderator")
    client.force_login(membership.user)
    return membership


def line(client: Client, member: Membership, live: Live, **fields: object) -> str:
    Live.objects.filter(pk=live.pk).update(**fields)
    page = client.get(reverse("live-facts", kwargs={"workspace": member.workspace.slug, "pk": live.pk}))
    return " ".join(page.content.decode().split())


@pytest.mark.django_db
def test_the_line_tells_viewers_reach_and_chat(client: Client, member: Membership) -> None:
    live = make_audience(member.workspace)
    Gap.objects.create(live=live, track=Track.MEDIA, from_s=1, to_s=2, cause="x")
    Gap.objects.create(live=live, track=Track.CHAT, from_s=1, to_s=2, cause="x")

    page = line(client, member, live, viewers=4128, peak_viewers=5000, reach=Reach.HIGH, heard_s=99, lost_s=1)

    for words in ("<b>4,128</b>", "peak 5,000", "High reach", "chat read", "heard 99%", "1 gap"):
        assert words in page


@pytest.mark.django_db
def test_the_line_tells_why_the_chat_is_not_read(client: Client, member: Membership) -> None:
    live = make_audience(member.workspace)

    page = line(client, member, live, chat_state=ChatState.REFUSED, chat_reason="the account was disconnected")

    assert "chat refused" in page
    assert ">the account was disconnected<" in page
    assert "Reach not measured yet" in page


@pytest.mark.django_db
def test_the_line_of_a_live_of_the_web_tells_nothing_of_an_audience(client: Client, member: Membership) -> None:
    live = make_live(started_at=NOW, ended_at=NOW + timedelta(minutes=2))
    live.channel.workspace = member.workspace
    live.channel.save()

    page = line(client, member, live)

    assert "reach" not in page.lower()
    assert "chat" not in page
    assert "lasted 2 min 00" in page


@pytest.mark.django_db
def test_the_reach_is_explained_by_what_the_audience_does() -> None:
    live = make_audience(make_membership().workspace, minutes=7)
    live.reach = Reach.HIGH
    for at_s in range(0, 420, 10):
        last = at_s >= 360
        sample(live, at_s, viewers=100, messages=5, commenters=5, shares=60 if last else 1)

    found = facts.why_reach(live, live.started_at + timedelta(seconds=425))

    assert [str(reason) for reason in found][:1] == ["more shares"]


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"reach": Reach.UNKNOWN}, {"reach": Reach.HIGH, "ended_at": NOW}])
def test_nothing_is_explained_where_there_is_nothing_to_explain(fields: dict[str, object]) -> None:
    live = make_audience(make_membership().workspace)
    for name, value in fields.items():
        setattr(live, name, value)

    assert facts.why_reach(live, NOW) == []
