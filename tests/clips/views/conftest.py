"""Somebody who signed in, and a live of their team."""

import pytest
from django.test import Client

from tests.factories import make_membership
from tests.site.audiences import make_audience
from vigie.people.models import Membership
from vigie.watch.models import Live


@pytest.fixture
def supervisor(client: Client) -> Membership:
    """Somebody who may do everything with clips, signed in."""
    member = make_membership("supervisor")
    client.force_login(member.user)
    return member


@pytest.fixture
def live(supervisor: Membership) -> Live:
    """A live on air whose chat is read, begun ten minutes ago."""
    return make_audience(supervisor.workspace)


@pytest.fixture
def moderator(client: Client, supervisor: Membership) -> Membership:
    """Somebody who may make clips and not delete them, signed in."""
    member = make_membership("moderator", workspace=supervisor.workspace)
    client.force_login(member.user)
    return member


@pytest.fixture
def analyst(client: Client, supervisor: Membership) -> Membership:
    """Somebody who may see clips alone, signed in."""
    member = make_membership("analyst", workspace=supervisor.workspace)
    client.force_login(member.user)
    return member
