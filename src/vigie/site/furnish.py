"""A workspace for programs that start on an empty data folder: the demo, `vigie watch`."""

from datetime import datetime

from django.db import transaction

from vigie.people import operations as people
from vigie.people.models import Membership, Preset


@transaction.atomic
def first_workspace(account: people.NewAccount, *, name: str, now: datetime) -> Membership:
    """Create the first administrator and their workspace, as the set-up page does.

    Raises LinkNotValid on a data folder that is in use.
    """
    link = people.first_link(now)
    if link is None:
        raise people.LinkNotValid
    token = link.strip("/").rpartition("/")[2]
    return people.set_up(token, account, workspace=name, preset=Preset.CHANNEL_MODERATION, now=now)
