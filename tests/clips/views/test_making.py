from datetime import timedelta

import pytest
from django.test import Client

from tests.clips.pages import HTMX, a_clip, address, shown, toast_of, verbs
from tests.clips.rows import make_clip
from vigie.clips import reasons
from vigie.clips.models import Clip, ClipSettings
from vigie.people.models import Membership
from vigie.runtime import clock
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


def test_the_last_seconds_of_a_live_become_a_clip(client: Client, live: Live, moderator: Membership) -> None:
    ClipSettings.objects.create(workspace=moderator.workspace, before_s=45, template="{channel}_{seq}")

    answer = client.post(address("clip-make", moderator, live.pk), headers=HTMX)

    clip = Clip.objects.get()
    assert answer.status_code == 200
    assert f'id="clip-toast-{clip.pk}"' in answer.content.decode()
    assert "C-1 · Requested" in answer.content.decode()
    assert clip.to_s - clip.from_s == pytest.approx(45)
    assert clip.at_s == clip.to_s == pytest.approx((clock.now() - live.started_at).total_seconds(), abs=30)
    assert (clip.template, clip.requested_by, clip.trigger) == ("{channel}_{seq}", moderator.user, moderator.alias)
    assert verbs() == ["clip.requested"]


def test_a_stretch_that_was_brushed_becomes_a_clip(client: Client, live: Live, moderator: Membership) -> None:
    client.post(address("clip-make", moderator, live.pk), {"from_s": "580.5", "to_s": "600"}, headers=HTMX)

    clip = Clip.objects.get()
    assert (clip.from_s, clip.at_s, clip.to_s) == (580.5, 580.5, 600.0)


@pytest.mark.parametrize(
    ("stretch", "said"),
    [
        ({"from_s": "600", "to_s": "580"}, "This is no stretch of this live."),
        ({"from_s": "0", "to_s": "601"}, "A clip lasts 10 minutes at most: choose a shorter stretch."),
        ({"from_s": "here", "to_s": "there"}, "This is no stretch of this live."),
        ({"from_s": "580"}, "This is no stretch of this live."),
        ({"from_s": "100000", "to_s": "100010"}, "This is no stretch of this live."),
    ],
)
def test_a_stretch_that_makes_no_sense_is_refused_in_a_line(
    client: Client, live: Live, moderator: Membership, stretch: dict[str, str], said: str
) -> None:
    answer = client.post(address("clip-make", moderator, live.pk), stretch, headers=HTMX)

    assert (answer.status_code, Clip.objects.count()) == (409, 0)
    assert toast_of(answer)["text"] == said


def test_what_is_long_over_is_not_kept_any_more(client: Client, live: Live, moderator: Membership) -> None:
    Live.objects.filter(pk=live.pk).update(started_at=clock.now() - timedelta(hours=2))

    answer = client.post(address("clip-make", moderator, live.pk), {"from_s": "0", "to_s": "10"}, headers=HTMX)

    assert (answer.status_code, Clip.objects.count()) == (409, 0)
    assert toast_of(answer)["text"].startswith("This moment is not kept any more")


def test_whoever_sees_clips_alone_makes_none(client: Client, live: Live, analyst: Membership) -> None:
    assert client.post(address("clip-make", analyst, live.pk), headers=HTMX).status_code == 403


@pytest.mark.parametrize(
    ("state", "words", "asks_again"),
    [
        ("requested", "Requested", True),
        ("saving", "Being saved", True),
        ("renamed", "Named", True),
        ("failed", reasons.NOT_KEPT, False),
        ("verified", "Watch it", False),
    ],
)
def test_the_toast_tells_how_far_it_is_until_there_is_nothing_more_to_tell(
    client: Client, live: Live, analyst: Membership, state: str, words: str, *, asks_again: bool
) -> None:
    clip = make_clip(live, state, reason=reasons.NOT_KEPT if state == "failed" else "")

    toast = shown(client, "clip-toast", analyst, clip.pk)

    assert words in toast
    assert f'href="{address("clip", analyst, clip.pk)}"' in toast
    assert ("every 2s" in toast, "data-stays" in toast) == (asks_again, asks_again)


def test_clips_of_a_moment_are_shown_on_other_pages(client: Client, live: Live, analyst: Membership) -> None:
    inside, outside = a_clip(live, from_s=30.0, to_s=70.0), a_clip(live, from_s=300.0, to_s=340.0)

    shown_there = shown(client, "live-clips", analyst, live.pk, from_s="60.000", to_s="150.000")

    assert address("clip", analyst, inside.pk) in shown_there
    assert address("clip", analyst, outside.pk) not in shown_there


def test_a_moment_without_clips_says_so(client: Client, live: Live, analyst: Membership) -> None:
    assert "No clip of this moment." in shown(client, "live-clips", analyst, live.pk, from_s="0", to_s="10")


@pytest.mark.parametrize("query", ["", "from_s=1", "from_s=2&to_s=1", "from_s=x&to_s=y"])
def test_no_moment_has_no_clips(client: Client, live: Live, analyst: Membership, query: str) -> None:
    assert client.get(f"{address('live-clips', analyst, live.pk)}?{query}").status_code == 404
