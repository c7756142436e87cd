"""The demo: two simulated lives, a workspace that watches them, an account. No key, no network."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from vigie.people.operations import NewAccount
from vigie.simulators.media import MediaServer
from vigie.site.furnish import first_workspace
from vigie.watch import operations as watch
from vigie.watch.addresses import Place
from vigie.watch.models import Platform
from vigie.watch.operations import Label

NAMES = {"fr": "Le direct du marché", "en": "Chili and checkpoints"}


@transaction.atomic
def furnish(server: MediaServer, now: datetime) -> NewAccount:
    """Create the account and a workspace that watches the lives of `server`; return how to sign in."""
    account = NewAccount("demo", "demo@example.org", secrets.token_urlsafe(9))
    with translation.override(settings.LANGUAGE_CODE):  # the one of the command line is English
        member = first_workspace(account, name="Veille Estuaire", now=now)
    for language, name in NAMES.items():
        place = Place(Platform.WEB, server.url(f"{language}.m3u8"))
        channel = watch.add_channel(member.workspace, place, Label(name, language), actor=member, now=now)
        watch.start_watching(channel, actor=member)
    return account
