"""The demo's furniture: an account that can sign in, channels of three kinds that are watched."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import authenticate
from pytest_django.fixtures import Settings

from vigie.people.models import User
from vigie.site import demo
from vigie.site.studio import TIKTOK_HANDLE, TWITCH_LOGIN, Studio
from vigie.watch.models import Channel

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)


@pytest.mark.django_db
def test_furnish_makes_an_account_and_watches_the_simulated_lives() -> None:
    with Studio() as studio:
        account = demo.furnish(studio, NOW)
        media = studio.media
        addresses = {media.url("fr.m3u8"): "fr", media.url("en.m3u8"): "en", TIKTOK_HANDLE: "fr", TWITCH_LOGIN: "en"}

    assert authenticate(username=account.username, password=account.password) is not None
    channels = Channel.objects.all()
    assert {channel.address: channel.language for channel in channels} == addresses
    assert all(channel.is_watched for channel in channels)


@pytest.mark.django_db
def test_the_account_reads_the_language_of_the_installation(settings: Settings) -> None:
    settings.LANGUAGE_CODE = "en"
    with Studio() as studio:
        account = demo.furnish(studio, NOW)

    assert User.objects.get(username=account.username).language == "en"
