"""The demo: simulated lives of the web, of TikTok and of Twitch, a workspace that watches them, an account.

No key, no network.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from vigie.people import operations as people
from vigie.people import scopes
from vigie.people.operations import NewAccount
from vigie.people.operations.connections import Consent
from vigie.site.furnish import first_workspace
from vigie.site.studio import TIKTOK_HANDLE, TWITCH_LOGIN, Studio
from vigie.watch import operations as watch
from vigie.watch.addresses import Place
from vigie.watch.models import Platform
from vigie.watch.operations import Label

NAMES = {"fr": "Le direct du marché", "en": "Chili and checkpoints"}


@transaction.atomic
def furnish(studio: Studio, now: datetime) -> NewAccount:
    """Create the account and a workspace that watches the lives of `studio`; return how to sign in."""
    account = NewAccount("demo", "demo@example.org", secrets.token_urlsafe(9))
    with translation.override(settings.LANGUAGE_CODE):  # the one of the command line is English
        member = first_workspace(account, name="Veille Estuaire", now=now)
    grant, identity = studio.consent()
    people.connect_account(member, Consent(scopes.TWITCH, scopes.OFFERED[scopes.TWITCH], grant, identity), now)
    for place, label in _channels(studio):
        channel = watch.add_channel(member.workspace, place, label, actor=member, now=now)
        watch.start_watching(channel, actor=member)
    return account


def _channels(studio: Studio) -> list[tuple[Place, Label]]:
    web = [
        (Place(Platform.WEB, studio.media.url(f"{language}.m3u8")), Label(name, language))
        for language, name in NAMES.items()
    ]
    tiktok = (Place(Platform.TIKTOK, TIKTOK_HANDLE), Label(f"@{TIKTOK_HANDLE}", "fr"))
    twitch = (Place(Platform.TWITCH, TWITCH_LOGIN), Label(f"@{TWITCH_LOGIN}", "en"))
    return [*web, tiktok, twitch]
