import pytest

from tests.factories import make_channel, make_live, make_membership, make_workspace
from vigie.people.models import Membership, Preset
from vigie.speech import permissions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "reads", "hears"),
    [
        ("analyst", True, False),
        ("moderator", True, True),
        ("supervisor", True, True),
        ("auditor", True, False),
    ],
)
def test_roles_read_and_hear(role: str, *, reads: bool, hears: bool) -> None:
    member = make_membership(role)

    assert permissions.may_read_transcripts(member) is reads
    assert permissions.may_hear_audio(member) is hears
    assert permissions.may_retry(member) is hears


def administrator(preset: str) -> Membership:
    return make_membership("administrator", workspace=make_workspace(preset=preset))


def test_the_administrators_of_a_public_body_read_nothing() -> None:
    assert not permissions.may_read_transcripts(administrator(Preset.PUBLIC_BODY))
    assert permissions.may_read_transcripts(administrator(Preset.CREATOR))


def test_words_are_followed_by_who_may_read_them() -> None:
    reader, stranger = make_membership("analyst"), make_membership("analyst")
    live = make_live(make_channel(reader.workspace))

    assert permissions.may_read_live(reader.user, live.pk)
    assert permissions.may_read_workspace(reader.user, reader.workspace_id)
    assert not permissions.may_read_live(stranger.user, live.pk)
    assert not permissions.may_read_workspace(stranger.user, reader.workspace_id)


def test_an_administrator_of_a_public_body_follows_no_words() -> None:
    member = administrator(Preset.PUBLIC_BODY)
    live = make_live(make_channel(member.workspace))

    assert not permissions.may_read_live(member.user, live.pk)
    assert not permissions.may_read_workspace(member.user, member.workspace_id)
