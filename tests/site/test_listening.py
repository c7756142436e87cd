import json
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.factories import make_channel, make_live, make_membership, make_ref
from vigie.events import SAMPLE_RATE
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership
from vigie.ports import PlacedAudio
from vigie.speech.spool import Spool
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> Membership:
    """A moderator, signed in."""
    membership = make_membership("moderator")
    client.force_login(membership.user)
    return membership


@pytest.fixture
def live(member: Membership, settings: Settings, tmp_path: Path) -> Live:
    """A live of which four seconds were heard."""
    settings.DATA_DIR = tmp_path
    live = make_live(make_channel(member.workspace))
    pcm = np.zeros(4 * SAMPLE_RATE, "<i2").tobytes()
    spool = Spool(make_ref(live))
    spool.turn(PlacedAudio(0, 0, 0.0, pcm))
    spool.write(pcm)
    spool.seal()
    return live


def address(name: str, member: Membership, live: Live, query: str) -> str:
    return reverse(name, kwargs={"workspace": member.workspace.slug, "pk": live.pk}) + query


def test_a_stretch_is_heard_and_accounted_for_once(client: Client, member: Membership, live: Live) -> None:
    where = address("stretch-sound", member, live, "?from=1&to=3")

    answers = [client.get(where) for _ in range(2)]

    for answer in answers:
        assert (answer.status_code, answer["Content-Type"]) == (200, "audio/flac")
        assert b"".join(answer).startswith(b"fLaC")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_id) == ("live.heard", str(live.pk))
    assert json.loads(entry.payload.body) == {"from_s": 1.0, "to_s": 3.0}


@pytest.mark.parametrize("query", ["", "?from=3&to=1", "?from=0&to=301", "?from=10&to=20", "?from=x&to=3"])
def test_what_cannot_be_heard_is_not_there(client: Client, member: Membership, live: Live, query: str) -> None:
    assert client.get(address("stretch-sound", member, live, query)).status_code == 404
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("query", "is_offered"), [("?from=1&to=3", True), ("?from=0&to=300", True), ("?from=0&to=301", False)]
)
def test_a_selection_offers_what_can_be_heard(
    client: Client, member: Membership, live: Live, query: str, *, is_offered: bool
) -> None:
    page = client.get(address("live-stretch", member, live, query)).content.decode()

    assert ('id="listen"' in page) == is_offered


def test_a_selection_beyond_the_sound_offers_none(client: Client, member: Membership, live: Live) -> None:
    assert 'id="listen"' not in client.get(address("live-stretch", member, live, "?from=10&to=20")).content.decode()


def test_an_analyst_reads_and_does_not_hear(client: Client, member: Membership, live: Live) -> None:
    client.force_login(make_membership("analyst", workspace=member.workspace).user)

    assert 'id="listen"' not in client.get(address("live-stretch", member, live, "?from=1&to=3")).content.decode()
    assert client.get(address("stretch-sound", member, live, "?from=1&to=3")).status_code == 403
