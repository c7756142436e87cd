from datetime import timedelta

import pytest

from tests.callers import make_key
from tests.factories import NOW, make_membership
from vigie.governance.models import AuditEntry
from vigie.people import operations, queries
from vigie.people.models import ApiKey, Membership, Preset, Role
from vigie.people.operations import KeyNotValid, MayNotLend

pytestmark = pytest.mark.django_db

FOLLOW, SEE = "watch.follow_lives", "clips.see_clips"


@pytest.fixture
def admin() -> Membership:
    return make_membership(Role.ADMINISTRATOR)


def told() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "payload__body"))


def test_a_key_is_known_once_and_kept_as_its_hash(admin: Membership) -> None:
    issued = operations.make_key(admin, name="Bot", scopes=[SEE, FOLLOW], expires_at=None, now=NOW)

    row = ApiKey.objects.get()
    assert issued.key.startswith("vgk_")
    assert len(issued.key) == 4 + 43  # 256 bits
    assert issued.key not in str(vars(row))
    assert (row.workspace, row.name, row.prefix, row.scopes) == (admin.workspace, "Bot", issued.key[:10], [SEE, FOLLOW])
    assert (row.made_by, row.made_at, row.expires_at, row.last_used_at) == (admin.user, NOW, None, None)
    [(verb, payload)] = told()
    assert verb == "key.made"
    assert issued.key not in payload


@pytest.mark.parametrize("scopes", [[], ["people.manage_people.x"], [FOLLOW, "moderation.fly"]])
def test_nobody_lends_nothing_or_more_than_they_have(admin: Membership, scopes: list[str]) -> None:
    with pytest.raises(MayNotLend):
        operations.make_key(admin, name="Bot", scopes=scopes, expires_at=None, now=NOW)

    assert not ApiKey.objects.exists()
    assert told() == []


def test_an_analyst_lends_less_than_an_administrator() -> None:
    with pytest.raises(MayNotLend):
        make_key(make_membership(Role.ANALYST), FOLLOW, "watch.manage_channels")


def test_whoever_manages_a_public_body_lends_no_content() -> None:
    admin = make_membership(Role.ADMINISTRATOR)
    admin.workspace.preset = Preset.PUBLIC_BODY
    admin.workspace.save()

    with pytest.raises(MayNotLend):
        make_key(admin, SEE)


def test_a_key_is_found_until_it_expires(admin: Membership) -> None:
    issued = make_key(admin, expires_at=NOW + timedelta(days=1))

    assert queries.find_key(issued.key, NOW + timedelta(hours=23)) == issued.row
    assert queries.find_key(issued.key, NOW + timedelta(days=1)) is None
    assert queries.find_key(issued.key + "x", NOW) is None
    assert queries.find_key("", NOW) is None


def test_a_revoked_key_opens_nothing_and_is_revoked_once(admin: Membership) -> None:
    issued = make_key(admin)

    operations.revoke_key(admin, issued.row, NOW)

    assert queries.find_key(issued.key, NOW) is None
    assert list(queries.keys_of(admin.workspace)) == []
    with pytest.raises(KeyNotValid):
        operations.revoke_key(admin, issued.row, NOW)
    assert [verb for verb, _ in told()] == ["key.made", "key.revoked"]


def test_a_key_acts_for_its_maker_and_may_no_more_than_both(admin: Membership) -> None:
    issued = make_key(admin, FOLLOW, SEE)
    admin.workspace.modules = []  # without clips
    admin.workspace.save()

    member = queries.acting_for(ApiKey.objects.get())

    assert member == admin
    assert member.permissions == {FOLLOW}
    assert issued.row.scopes == [SEE, FOLLOW]


def test_a_key_whose_maker_left_acts_for_nobody(admin: Membership) -> None:
    make_key(admin, FOLLOW)
    make_key(make_membership(Role.ADMINISTRATOR, workspace=admin.workspace), FOLLOW)

    admin.delete()

    assert [key.has_maker for key in queries.keys_of(admin.workspace)] == [True, False]  # type: ignore[attr-defined]
    assert queries.acting_for(ApiKey.objects.order_by("pk")[0]) is None


def test_a_key_whose_maker_is_locked_out_acts_for_nobody(admin: Membership) -> None:
    issued = make_key(admin, FOLLOW)
    admin.user.is_active = False
    admin.user.save()

    found = queries.find_key(issued.key, NOW)

    assert found
    assert queries.acting_for(found) is None


def test_the_last_use_is_noted_to_the_minute(admin: Membership) -> None:
    row = make_key(admin).row

    for second in (0, 30, 59, 60, 90):
        operations.note_use(row, NOW + timedelta(seconds=second))

    row.refresh_from_db()
    assert row.last_used_at == NOW + timedelta(seconds=60)


def test_what_a_key_does_is_accounted_for_with_it(admin: Membership) -> None:
    first, second = make_key(admin), make_key(admin)

    with operations.acting_by(first.row):
        operations.revoke_key(admin, second.row, NOW)
    operations.revoke_key(admin, first.row, NOW)

    by_key, by_hand = told()[-2:]
    assert f'"api_key":"{first.row.prefix}"' in by_key[1]
    assert "api_key" not in by_hand[1]
    assert operations.key_in_use() == ""
