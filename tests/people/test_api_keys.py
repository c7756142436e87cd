import pytest
from django.test import Client

from tests.callers import make_key
from tests.factories import NOW, make_membership
from vigie.people import operations
from vigie.people.models import ApiKey, Membership, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Membership:
    admin = make_membership(Role.ADMINISTRATOR)
    client.force_login(admin.user)
    return admin


def page(admin: Membership) -> str:
    return f"/w/{admin.workspace.slug}/settings/api-keys/"


def test_a_new_key_is_shown_once(admin: Membership, client: Client) -> None:
    filled = {"name": "Bot", "scopes": ["watch.follow_lives", "clips.see_clips"], "days": "30"}

    shown = client.post(page(admin), filled, follow=True).content.decode()

    row = ApiKey.objects.get()
    assert row.name == "Bot"
    assert row.scopes == ["clips.see_clips", "watch.follow_lives"]
    assert row.expires_at
    assert (row.expires_at - row.made_at).days == 30
    assert f'value="{row.prefix}' in shown
    again = client.get(page(admin)).content.decode()
    assert f'value="{row.prefix}' not in again
    assert f"{row.prefix}…" in again
    assert "never used" in again
    assert "Follow lives, and see channels" in again


def test_the_key_lies_in_the_session_sealed_only(admin: Membership, client: Client) -> None:
    client.post(page(admin), {"name": "Bot", "scopes": ["watch.follow_lives"], "days": "0"})

    assert ApiKey.objects.get().prefix not in str(dict(client.session.items()))


@pytest.mark.parametrize(
    "filled",
    [
        {"name": "", "scopes": ["watch.follow_lives"], "days": "0"},
        {"name": "Bot", "scopes": [], "days": "0"},
        {"name": "Bot", "scopes": ["people.manage_people"], "days": "0"},
        {"name": "Bot", "scopes": ["watch.follow_lives"], "days": "7000"},
    ],
)
def test_nonsense_makes_no_key(admin: Membership, client: Client, filled: dict[str, object]) -> None:
    answer = client.post(page(admin), filled)

    assert answer.status_code == 200
    assert 'class="errorlist' in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_only_what_the_maker_may_is_offered(admin: Membership, client: Client) -> None:
    admin.workspace.modules = []
    admin.workspace.save()

    offered = client.get(page(admin)).content.decode()

    assert 'value="watch.follow_lives"' in offered
    assert 'value="clips.see_clips"' not in offered


def test_a_key_is_revoked(admin: Membership, client: Client) -> None:
    row = make_key(admin).row

    shown = client.post(f"{page(admin)}{row.pk}/revoke/", follow=True).content.decode()

    assert "The key A program opens nothing any more." in shown
    assert client.post(f"{page(admin)}{row.pk}/revoke/").status_code == 404


@pytest.mark.parametrize(("expires_at", "words"), [(NOW, "expired"), (None, "last used")], ids=["expired", "last used"])
def test_how_a_key_does_is_told(admin: Membership, client: Client, expires_at: object, words: str) -> None:
    row = make_key(admin, expires_at=expires_at).row  # type: ignore[arg-type]
    operations.note_use(row, NOW)

    assert words in client.get(page(admin)).content.decode()


def test_a_key_whose_maker_left_is_told_to_be_of_no_use(admin: Membership, client: Client) -> None:
    other = make_membership(Role.ADMINISTRATOR, workspace=admin.workspace)
    make_key(other)
    other.delete()

    assert "of no use: whoever made it left" in client.get(page(admin)).content.decode()


@pytest.mark.parametrize("keys", [1, 3])
def test_the_list_costs_the_same_however_long(
    admin: Membership, client: Client, keys: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(keys):
        make_key(admin)

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(page(admin))


def test_the_settings_lead_to_the_keys(admin: Membership, client: Client) -> None:
    assert page(admin) in client.get(f"/w/{admin.workspace.slug}/settings/").content.decode()
