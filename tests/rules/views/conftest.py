import pytest
from django.test import Client

from tests.factories import make_membership
from vigie.people.models import Membership
from vigie.rules import previewing


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """What was recorded is read anew in each test."""
    previewing.forget()


@pytest.fixture
def member(client: Client) -> Membership:
    """A supervisor, signed in."""
    member = make_membership("supervisor")
    client.force_login(member.user)
    return member
