"""What the database itself refuses of channels and their presence."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories import NOW, make_channel
from vigie.watch.models import Channel, Presence

pytestmark = pytest.mark.django_db


def test_an_account_is_one_channel_of_a_workspace_on_its_platform() -> None:
    first = make_channel(address="camille")
    second = make_channel(first.workspace, address="camille.old")
    Channel.objects.update(platform_id="")
    Channel.objects.filter(pk=first.pk).update(platform_id="42")

    with pytest.raises(IntegrityError), transaction.atomic():
        Channel.objects.filter(pk=second.pk).update(platform_id="42")
    Channel.objects.filter(pk=second.pk).update(platform_id="42", platform="tiktok")


def test_a_channel_has_one_presence() -> None:
    channel = make_channel()
    Presence.objects.create(channel=channel, since=NOW, due_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Presence.objects.create(channel=channel, since=NOW, due_at=NOW)


@pytest.mark.parametrize(("platform", "is_detected"), [("web", False), ("tiktok", True), ("twitch", True)])
def test_platforms_tell_when_a_channel_is_on_air_and_the_web_does_not(platform: str, *, is_detected: bool) -> None:
    assert Channel(platform=platform).is_detected is is_detected
