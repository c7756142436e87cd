from datetime import timedelta

import pytest
from django.test import Client
from pydantic import ValidationError

from tests.callers import Caller, make_caller, make_key, refusal, said
from tests.factories import make_channel, make_membership, make_workspace
from vigie.governance.models import AuditEntry
from vigie.people import operations
from vigie.people.api import BUDGET, Asked, Paged, Text, needs, page_of, reads_anew
from vigie.people.models import ApiKey, Membership, Role
from vigie.people.permissions import may_manage_people
from vigie.runtime import clock
from vigie.runtime.models import Bucket
from vigie.watch.models import Channel
from vigie.watch.permissions import may_follow_lives, may_manage_channels

pytestmark = pytest.mark.django_db

FOLLOW, MANAGE = "watch.follow_lives", "watch.manage_channels"


@pytest.fixture
def admin() -> Membership:
    return make_membership(Role.ADMINISTRATOR)


def browser(member: Membership) -> Caller:
    """Somebody signed in, whose browser Django checks as it does outside of tests."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(member.user)
    return Caller(member.workspace, client=client)


def token_of(caller: Caller) -> str:
    caller.client.get(f"/w/{caller.workspace.slug}/settings/")
    return caller.client.cookies["csrftoken"].value


def watch_path(member: Membership) -> str:
    return f"channels/{make_channel(member.workspace).pk}/watch"


# ── who is let in ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_alone_lets_in_without_a_token(admin: Membership) -> None:
    caller = Caller(admin.workspace, make_key(admin).key, Client(enforce_csrf_checks=True))

    assert caller.post(watch_path(admin))["watched"] is True


def test_a_session_needs_the_token_whatever_is_asked(admin: Membership) -> None:
    caller = browser(admin)

    status, words = refusal(caller.ask("POST", watch_path(admin)))

    assert (status, "X-CSRFToken" in words) == (403, True)
    assert not Channel.objects.get().is_watched


def test_a_session_with_the_token_is_let_in(admin: Membership) -> None:
    caller = browser(admin)

    answer = caller.ask("POST", watch_path(admin), **{"X-CSRFToken": token_of(caller)})

    assert said(answer)["watched"] is True


def test_a_session_with_another_token_is_not(admin: Membership) -> None:
    caller = browser(admin)
    token_of(caller)

    assert refusal(caller.ask("POST", watch_path(admin), **{"X-CSRFToken": "x" * 64}))[0] == 403


def test_a_session_may_read_without_a_token(admin: Membership) -> None:
    assert browser(admin).get("channels") == {"items": [], "next": None}


def test_of_both_the_key_counts(admin: Membership) -> None:
    caller = browser(admin)
    caller.key = make_key(admin, FOLLOW).key

    assert caller.get("channels")["items"] == []
    assert refusal(caller.ask("POST", watch_path(admin)))[0] == 403  # the session may, the key may not

    caller.key = "vgk_nonsense"
    assert refusal(caller.ask("GET", "channels"))[0] == 401  # though the session would do


def test_what_a_proxy_asks_for_is_no_key(admin: Membership) -> None:
    assert browser(admin).get("channels", Authorization="Basic dXNlcjpwYXNz")["items"] == []


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer vgk_nonsense", "Token x", "Bearer \x00"])
def test_a_stranger_is_told_to_bring_a_key(header: str) -> None:
    answer = Caller(make_workspace()).ask("GET", "channels", **({"Authorization": header} if header else {}))

    assert refusal(answer) == (401, "Give a key that is in force: Authorization: Bearer vgk_…")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_key_that_is_over_lets_nobody_in(admin: Membership) -> None:
    expired = make_key(admin, expires_at=clock.now() - timedelta(seconds=1))
    revoked = make_key(admin)
    operations.revoke_key(admin, revoked.row, clock.now())

    for issued in (expired, revoked):
        assert refusal(Caller(admin.workspace, issued.key).ask("GET", "channels"))[0] == 401


def test_a_key_of_somebody_who_left_finds_nothing(admin: Membership) -> None:
    caller = Caller(admin.workspace, make_key(admin).key)
    admin.delete()

    assert refusal(caller.ask("GET", "channels"))[0] == 404


def test_a_key_loses_what_its_maker_loses(admin: Membership) -> None:
    caller, path = Caller(admin.workspace, make_key(admin).key), watch_path(admin)
    analyst = make_membership(Role.ANALYST).role
    admin.role = analyst
    admin.save()

    assert caller.get("channels")["items"]
    assert refusal(caller.ask("POST", path))[0] == 403


def test_what_a_key_does_stands_in_the_audit_log_with_it(admin: Membership) -> None:
    issued = make_key(admin)

    Caller(admin.workspace, issued.key).post(watch_path(admin))

    entry = AuditEntry.objects.get(verb="channel.watched")
    assert entry.actor_id == admin.user_id
    assert f'"api_key":"{issued.row.prefix}"' in entry.payload.body


def test_the_use_of_a_key_is_noted() -> None:
    before = clock.now()

    make_caller().get("channels")

    used_at = ApiKey.objects.get().last_used_at
    assert used_at
    assert used_at >= before


def test_who_asks_too_much_is_told_when_to_ask_again() -> None:
    caller = make_caller()
    caller.get("channels")
    Bucket.objects.filter(key__startswith="api:").update(tokens=-5.0, refilled_at=clock.now() + timedelta(hours=1))

    answer = caller.ask("GET", "channels")

    assert refusal(answer) == (429, "Too many requests.")
    assert int(answer["Retry-After"]) == 1  # six tokens at ten a second
    assert BUDGET.per_s == 10.0


def test_answers_are_kept_in_no_cache() -> None:
    assert "no-store" in make_caller().ask("GET", "channels")["Cache-Control"]


def test_answers_are_english_whoever_asks(admin: Membership) -> None:
    admin.user.language = "fr"
    admin.user.save()

    answer = browser(admin).ask("GET", "channels?limit=0")

    assert refusal(answer) == (400, "limit: Input should be greater than or equal to 1.")


# ── what paths need ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_path_needs_is_what_it_does_not_do_without() -> None:
    assert needs(may_follow_lives) == [FOLLOW]
    assert needs(may_manage_channels) == [FOLLOW, MANAGE]
    assert needs(lambda _member: True) == []
    assert len(needs(may_manage_people)) == 11  # no key does: whatever is missing, it does not hold


# ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("newest_first", "order"), [(True, [[5, 4], [3, 2], [1]]), (False, [[1, 2], [3, 4], [5]])])
def test_pages_hold_everything_once(*, newest_first: bool, order: list[list[int]]) -> None:
    workspace = make_workspace()
    numbers = {make_channel(workspace).pk: number for number in range(1, 6)}

    pages: list[list[int]] = []
    after: int | None = None
    while not pages or after:
        rows, after = page_of(Channel.objects.all(), Paged(after=after, limit=2), newest_first=newest_first)
        pages.append([numbers[row.pk] for row in rows])

    assert pages == order


def test_the_last_page_says_that_it_is() -> None:
    workspace = make_workspace()
    for _ in range(2):
        make_channel(workspace)

    assert page_of(Channel.objects.all(), Paged(after=None, limit=2))[1] is None
    assert page_of(Channel.objects.none(), Paged(after=None, limit=2)) == ([], None)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=0", "limit: Input should be greater than or equal to 1."),
        ("limit=201", "limit: Input should be less than or equal to 200."),
        ("after=x", "after: Input should be a valid integer, unable to parse string as an integer."),
        (f"after={2**63}", f"after: Input should be less than or equal to {2**63 - 1}."),
    ],
)
def test_nonsense_gets_one_line(query: str, words: str) -> None:
    assert refusal(make_caller().ask("GET", f"channels?{query}")) == (400, words)


class Name(Asked):
    name: Text


@pytest.mark.parametrize("told", [{"name": "a\0b"}, {"name": "x" * 5001}, {"name": "a", "other": 1}, {}])
def test_what_no_database_takes_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Name.model_validate(told)


def test_reading_counts_once_an_hour_and_reader(admin: Membership) -> None:
    other = make_membership(workspace=admin.workspace)

    assert [reads_anew(admin, "log"), reads_anew(admin, "log"), reads_anew(other, "log")] == [True, False, True]
    with operations.acting_by(make_key(admin).row):
        assert reads_anew(admin, "log")
        assert not reads_anew(admin, "log")
