"""Who is who, in the open or sealed."""

import pytest
from pytest_django.fixtures import Settings

from tests.watch.audiences import somebody
from vigie.events import Chatter
from vigie.runtime.sealing import CannotUnseal
from vigie.watch.chatters import Audience, Identity, identity_of, key_of, row_of

pytestmark = pytest.mark.django_db
OURS = Audience(1, "tiktok")


def test_a_person_has_the_same_key_wherever_the_audience_is_the_same() -> None:
    assert key_of(OURS, "7") == key_of(Audience(1, "tiktok"), "7")
    others = [key_of(Audience(2, "tiktok"), "7"), key_of(Audience(1, "twitch"), "7")]
    assert len({key_of(OURS, "7"), key_of(OURS, "8"), *others}) == 4


def test_in_the_open_login_and_name_are_kept_cut_to_their_place() -> None:
    row = row_of(OURS, somebody(3), is_named=True)

    assert (row.login, row.name, row.sealed) == ("viewer3", "Viewer 3", "")
    assert row.pseudonym == f"c-{row.key[:10]}"
    assert identity_of(row) == Identity("", "viewer3", "Viewer 3")


def test_hostile_names_are_kept_as_far_as_they_can_be() -> None:
    row = row_of(OURS, Chatter("7", "a\x00b", "x" * 500), is_named=True)

    assert (row.login, row.name) == ("ab", "x" * 120)


def test_sealed_nothing_tells_who_it_is_but_the_key_of_the_installation(settings: Settings) -> None:
    row = row_of(OURS, somebody(3), is_named=False)

    assert (row.login, row.name) == ("", "")
    assert identity_of(row) == Identity("1003", "viewer3", "Viewer 3")
    settings.SECRET_KEY = "another"
    with pytest.raises(CannotUnseal):
        identity_of(row)
