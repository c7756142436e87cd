import pytest
from django.test import Client

from tests.factories import make_channel, make_live, make_membership
from tests.moderation.alerts import an_alert
from vigie.moderation.models import Alert
from vigie.people.models import Membership
from vigie.watch.models import Live


@pytest.fixture
def member(client: Client) -> Membership:
    """A moderator, signed in, who reads English."""
    membership = make_membership()
    client.force_login(membership.user)
    return membership


@pytest.fixture
def live(member: Membership) -> Live:
    """A live on air in the moderator's workspace, of which 300 s were heard."""
    return make_live(make_channel(member.workspace, name="Le grand plateau"), heard_s=300)


@pytest.fixture
def alert(live: Live) -> Alert:
    """An alert of that live."""
    return an_alert(live)
