"""Whose channel an account is: known by its number, followed when it is renamed."""

from dataclasses import replace

import pytest

from tests.factories import NOW, make_channel
from tests.watch.operations.test_presence import LIVE, OFFLINE, see, watched
from vigie.events import Acted, Event
from vigie.ports import Airing, Sighting
from vigie.watch.models import Channel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def test_a_renamed_account_is_followed_by_its_number(told: list[Event]) -> None:
    channel = watched(platform_id="42")
    see(channel, Sighting("42", Airing.OFFLINE, platform_id="42", handle="camille.tv"))

    channel.refresh_from_db()
    assert (channel.address, channel.name) == ("camille.tv", "@camille.tv")
    payload = {"from": "camille", "to": "camille.tv"}
    assert Acted(channel.workspace_id, None, "channel.renamed", "channel", str(channel.pk), payload) in told


def test_a_handle_that_somebody_else_took_is_not_followed() -> None:
    channel = watched(platform_id="42")
    see(channel, Sighting("camille", Airing.OFFLINE, platform_id="43", handle="camille.tv"))

    channel.refresh_from_db()
    assert (channel.platform_id, channel.address) == ("42", "camille")


def test_a_removed_channel_keeps_no_handle_from_the_account_that_has_it_now() -> None:
    channel = watched(platform_id="42")
    former = make_channel(channel.workspace, address="camille.tv")
    Channel.objects.filter(pk=former.pk).update(platform="tiktok", platform_id="7", removed_at=NOW)

    see(channel, Sighting("42", Airing.OFFLINE, platform_id="42", handle="camille.tv"))

    addresses = dict(Channel.objects.values_list("pk", "address"))
    assert addresses == {channel.pk: "camille.tv", former.pk: "7"}


def test_an_account_is_one_channel_of_a_workspace() -> None:
    channel = watched()
    twin = make_channel(channel.workspace, address="camille.old")
    Channel.objects.filter(pk=twin.pk).update(platform="tiktok", platform_id="42")

    see(channel, LIVE)

    channel.refresh_from_db()
    assert channel.platform_id == ""


@pytest.mark.parametrize(
    ("name", "expected"), [("camille", "@camille.tv"), ("@camille", "@camille.tv"), ("Our star", "Our star")]
)
def test_a_renamed_account_keeps_the_name_that_its_team_gave_it(name: str, expected: str) -> None:
    channel = watched(platform_id="42", name=name)

    see(channel, replace(OFFLINE, platform_id="42", handle="camille.tv"))

    assert Channel.objects.get().name == expected


def test_a_removed_channel_whose_number_nobody_knows_makes_way_too() -> None:
    channel = watched(platform_id="42")
    former = make_channel(channel.workspace, address="camille.tv", platform="tiktok")
    Channel.objects.filter(pk=former.pk).update(removed_at=NOW)

    see(channel, replace(OFFLINE, platform_id="42", handle="camille.tv"))

    addresses = dict(Channel.objects.values_list("pk", "address"))
    assert addresses == {channel.pk: "camille.tv", former.pk: f"camille.tv (removed {former.pk})"}


def test_a_handle_that_is_on_the_list_is_not_taken_from_who_has_it() -> None:
    channel = watched(platform_id="42")
    there = make_channel(channel.workspace, address="camille.tv", platform="tiktok")

    see(channel, replace(OFFLINE, platform_id="42", handle="camille.tv"))

    addresses = dict(Channel.objects.values_list("pk", "address"))
    assert addresses == {channel.pk: "camille", there.pk: "camille.tv"}


def test_the_same_account_is_on_the_lists_of_two_teams() -> None:
    channel, theirs = watched(), watched()
    Channel.objects.filter(pk=theirs.pk).update(platform_id="42", address="camille.tv")

    see(channel, replace(LIVE, handle="camille.tv"))

    channel.refresh_from_db()
    assert (channel.platform_id, channel.address) == ("42", "camille.tv")
