from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.clips.pages import HTMX, address, said, shown, verbs
from tests.clips.rows import make_obs, make_team
from vigie.clips.models import ObsInstance, ObsState
from vigie.clips.views import obs as pages
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership
from vigie.runtime.sealing import seal, unseal
from vigie.simulators.obs import Fault, Kind, ObsServer

pytestmark = pytest.mark.django_db

STUDIO = {
    "name": "studio",
    "host": "192.168.1.20",
    "port": "4455",
    "password": "hunter2",
    "path_map": "C:/Replays -> /mnt/replays",
    "starts_buffer": "on",
    "is_used": "on",
}


@pytest.fixture
def server(folder: Path, connects: None) -> Iterator[ObsServer]:
    with ObsServer(folder) as server:
        yield server


def to_try(server: ObsServer, **fields: str) -> dict[str, str]:
    host, port = server.address
    return {"name": "x", "host": host, "port": str(port), "password": server.password, **fields}


def test_without_an_obs_the_page_tells_how_one_is_set_up(client: Client, supervisor: Membership) -> None:
    page = shown(client, "obs", supervisor)

    assert "No OBS yet." in page
    for words in ("WebSocket Server Settings", "keyframe interval to 2 s", "%ss", "Enable Replay Buffer"):
        assert words in page


def test_an_obs_is_added(client: Client, supervisor: Membership) -> None:
    answer = client.post(address("obs", supervisor), STUDIO, follow=True)

    added = ObsInstance.objects.get()
    assert said(answer) == ["“studio” was added."]
    assert (added.name, added.host, added.port, added.path_map) == (
        "studio",
        "192.168.1.20",
        4455,
        "C:/Replays -> /mnt/replays",
    )
    assert (added.starts_buffer, added.is_used, unseal(added.sealed_password)) == (True, True, "hunter2")
    assert verbs() == ["obs.added"]
    assert "hunter2" not in answer.content.decode()


def test_what_makes_no_sense_is_told_and_changes_nothing(client: Client, supervisor: Membership) -> None:
    answer = client.post(address("obs", supervisor), STUDIO | {"path_map": "C:/Replays /mnt"})

    assert (answer.status_code, ObsInstance.objects.count(), verbs()) == (400, 0, [])
    assert "Line 1: write the folder there, -&gt;, and the folder here." in answer.text


def test_each_obs_stands_with_its_state_and_its_reason(client: Client, supervisor: Membership) -> None:
    make_obs(supervisor.workspace, version="29.0.2")
    make_obs(supervisor.workspace, "attic", state=ObsState.REFUSED, reason="OBS at h:1: the password is wrong.")
    make_obs(supervisor.workspace, "gone", removed_at=ObsInstance.objects.first().changed_at)  # type: ignore[union-attr]
    make_obs(make_team(), "theirs")

    page = shown(client, "obs", supervisor)

    for words in ("studio", "ready", "OBS 29.0.2", "attic", "refused", "the password is wrong."):
        assert words in page
    assert "gone" not in page
    assert "theirs" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_however_long_it_is(
    client: Client, supervisor: Membership, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for each in range(number):
        make_obs(supervisor.workspace, f"studio {each}", port=4455 + each)
    shown(client, "obs", supervisor)

    with django_assert_num_queries(8):
        shown(client, "obs", supervisor)


def test_an_obs_is_changed_and_its_password_stays(client: Client, supervisor: Membership) -> None:
    obs = make_obs(supervisor.workspace, sealed_password=seal("hunter2"), state=ObsState.REFUSED, reason="no")

    page = shown(client, "obs-instance", supervisor, obs.pk)
    assert "Empty: as it was." in page
    assert "hunter2" not in page
    answer = client.post(
        address("obs-instance", supervisor, obs.pk),
        STUDIO | {"name": "attic", "password": "", "is_used": "", "starts_buffer": ""},
        follow=True,
    )

    obs.refresh_from_db()
    assert said(answer) == ["Saved."]
    assert (obs.name, obs.is_used, obs.starts_buffer, obs.state, obs.reason) == ("attic", False, False, "off", "")
    assert unseal(obs.sealed_password) == "hunter2"
    assert verbs() == ["obs.changed"]


def test_a_change_that_makes_no_sense_changes_nothing(client: Client, supervisor: Membership) -> None:
    obs = make_obs(supervisor.workspace)

    answer = client.post(address("obs-instance", supervisor, obs.pk), STUDIO | {"port": "x", "name": "attic"})

    assert (answer.status_code, ObsInstance.objects.get().name, verbs()) == (400, "studio", [])


def test_an_obs_is_removed_after_a_question(client: Client, supervisor: Membership) -> None:
    obs = make_obs(supervisor.workspace)
    assert "Remove studio" in shown(client, "obs-instance", supervisor, obs.pk)

    answer = client.post(address("obs-remove", supervisor, obs.pk), follow=True)

    assert said(answer) == ["“studio” was removed. Its clips stay."]
    assert "No OBS yet." in answer.text
    assert verbs() == ["obs.removed"]
    assert client.get(address("obs-instance", supervisor, obs.pk)).status_code == 404


def test_open_pages_ask_for_what_moves(client: Client, supervisor: Membership) -> None:
    obs = make_obs(supervisor.workspace)

    rows = client.get(address("obs", supervisor), headers=HTMX).text
    standing = client.get(address("obs-instance", supervisor, obs.pk), headers=HTMX).text

    for part in (rows, standing):
        assert f'id="obs-standing-{obs.pk}"' in part
        assert "<html" not in part


# ── trying one out ──


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_active", "words"), [(True, "replay buffer on."), (False, "replay buffer off.")])
def test_a_trial_tells_what_is_there(
    client: Client, supervisor: Membership, server: ObsServer, words: str, *, is_active: bool
) -> None:
    server.turn(is_active=is_active)

    answer = client.post(address("obs-try-new", supervisor), to_try(server))

    assert f"Connected: OBS 29.0.2, {words}" in answer.text
    assert ObsInstance.objects.count() == 0
    assert verbs() == ["obs.tested"]


@pytest.mark.django_db(transaction=True)
def test_an_obs_of_the_list_is_tried_with_its_own_password(
    client: Client, supervisor: Membership, server: ObsServer
) -> None:
    host, port = server.address
    obs = make_obs(supervisor.workspace, host=host, port=port, sealed_password=seal(server.password))

    from_the_list = client.post(address("obs-try", supervisor, obs.pk))
    as_typed = client.post(address("obs-try", supervisor, obs.pk), to_try(server, password=""))
    wrong = client.post(address("obs-try", supervisor, obs.pk), to_try(server, password="wr0ng"))

    for answer in (from_the_list, as_typed):
        assert "Connected: OBS 29.0.2" in answer.text
    assert "the password is wrong." in wrong.text
    entries = AuditEntry.objects.filter(verb="obs.tested")
    assert [entry.object_id for entry in entries] == [str(obs.pk)] * 3


@pytest.mark.django_db(transaction=True)
def test_an_obs_whose_password_is_lost_is_tried_without_one(
    client: Client, supervisor: Membership, server: ObsServer
) -> None:
    host, port = server.address
    obs = make_obs(supervisor.workspace, host=host, port=port, sealed_password="nonsense")

    assert "the password is wrong." in client.post(address("obs-try", supervisor, obs.pk)).text


@pytest.mark.django_db(transaction=True)
def test_who_says_nothing_is_left_after_five_seconds(
    client: Client, supervisor: Membership, server: ObsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "TRY_S", 0.1)
    server.fail(Fault(Kind.SLOW, delay_s=60))

    assert "no answer for 0.1 s." in client.post(address("obs-try-new", supervisor), to_try(server)).text


@pytest.mark.django_db(transaction=True)
def test_where_nobody_listens_is_told(client: Client, supervisor: Membership, server: ObsServer) -> None:
    server.stop()

    assert "cannot be reached" in client.post(address("obs-try-new", supervisor), to_try(server)).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"host": ""}, "Fill in first: Address."), ({"host": "a b", "port": "x"}, "Fill in first: Address, Port.")],
)
def test_a_trial_needs_an_address(client: Client, supervisor: Membership, fields: dict[str, str], words: str) -> None:
    answer = client.post(address("obs-try-new", supervisor), STUDIO | fields)

    assert words in answer.text
    assert verbs() == []


def test_an_address_that_is_there_already_may_be_tried(
    client: Client, supervisor: Membership, server: ObsServer
) -> None:
    host, port = server.address
    make_obs(supervisor.workspace, host=host, port=port)

    assert "Connected" in client.post(address("obs-try-new", supervisor), to_try(server)).text


def test_another_team_has_other_obs(client: Client, supervisor: Membership) -> None:
    theirs = make_obs(make_team())

    for name in ("obs-try", "obs-remove"):
        assert client.post(address(name, supervisor, theirs.pk)).status_code == 404
