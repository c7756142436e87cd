"""Who gets what of the API: every path, asked for by everyone. A path without a row fails the first test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.callers import Caller, make_caller, make_key, refusal
from tests.clips.rows import make_clip, make_obs
from tests.factories import make_channel, make_live, make_membership, make_workspace
from tests.rules.rows import make_rule
from vigie.people import presets
from vigie.people.api import KeyOrSession
from vigie.people.models import Preset, Role, Workspace
from vigie.people.roles import CONTENT
from vigie.people.wording import SCOPES
from vigie.site.api import api, marked, paths

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Row:
    """A path, what it needs, and what is sent."""

    method: str
    path: str
    """`{}` stands for the number of something of `SCENE`."""
    needs: frozenset[str]
    of: str = ""
    data: object = None

    @property
    def template(self) -> str:
        """The path as the API has it."""
        return f"/api/v1/w/{{workspace}}/{self.path.partition('?')[0].replace('{}', NAMES.get(self.of, ''))}"


NAMES = {"channel": "{channel_id}", "rule": "{number}", "clip": "{clip_id}", "obs": "{obs_id}"}


def row(asked: str, *needs: str, of: str = "", data: object = None) -> Row:
    method, path = asked.split(" ")
    return Row(method, path, frozenset(needs), of, data)


FOLLOW, MANAGE = "watch.follow_lives", "watch.manage_channels"
SEE_RULES, EDIT_RULES, PUBLISH = "rules.see_rules", "rules.edit_rules", "rules.publish_rules"
SEE, MAKE, DELETE, OBS = "clips.see_clips", "clips.make_clips", "clips.delete_clips", "clips.manage_obs"
RULE = {"name": "A", "when": "chat"}

ROWS = [
    row("GET channels", FOLLOW),
    row("POST channels", FOLLOW, MANAGE, data={"address": "@ada"}),
    row("GET channels/{}", FOLLOW, of="channel"),
    row("POST channels/{}/watch", FOLLOW, MANAGE, of="channel"),
    row("POST channels/{}/unwatch", FOLLOW, MANAGE, of="channel"),
    row("DELETE channels/{}", FOLLOW, MANAGE, of="channel"),
    row("GET lives", FOLLOW),
    row("GET rules", SEE_RULES),
    row("POST rules", EDIT_RULES, data=RULE),
    row("GET rules/yaml", SEE_RULES),
    row("POST rules/import", EDIT_RULES, data="- {name: A, when: chat}"),
    row("POST rules/dry-run", EDIT_RULES, data=RULE),
    row("GET rules/{}", SEE_RULES, of="rule"),
    row("GET rules/{}/yaml", SEE_RULES, of="rule"),
    row("PUT rules/{}?based_on=1", EDIT_RULES, of="rule", data=RULE),
    row("POST rules/{}/turn", EDIT_RULES, of="rule", data={"mode": "end_trial"}),
    row("DELETE rules/{}", PUBLISH, of="rule"),
    row("GET firings", SEE_RULES),
    row("GET clips", SEE),
    row("POST clips", MAKE, of="live"),
    row("GET clips/{}", SEE, of="clip"),
    row("PATCH clips/{}", MAKE, of="clip", data={"title": "x"}),
    row("DELETE clips/{}", DELETE, of="clip"),
    row("GET clips/{}/file", SEE, of="clip"),
    row("GET clips/{}/poster", SEE, of="clip"),
    row("GET obs", OBS),
    row("POST obs", OBS, data={"name": "Studio"}),
    row("PUT obs/{}", OBS, of="obs", data={"name": "Studio"}),
    row("POST obs/{}/test", OBS, of="obs"),
    row("DELETE obs/{}", OBS, of="obs"),
]
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")

SCENE: Mapping[str, Callable[[Workspace], int]] = {
    "channel": lambda workspace: make_channel(workspace).pk,
    "live": lambda workspace: make_live(make_channel(workspace)).pk,
    "rule": lambda workspace: make_rule(workspace).rule.number,
    "clip": lambda workspace: make_clip(make_live(make_channel(workspace))).pk,
    "obs": lambda workspace: make_obs(workspace).pk,
}


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


def make_team(preset: str = Preset.CREATOR) -> Workspace:
    """Return a team that uses all that its kind allows."""
    workspace = make_workspace(preset=preset)
    workspace.modules = presets.allowed_modules(preset)
    workspace.save()
    return workspace


def number_in(workspace: Workspace, row: Row) -> int:
    return SCENE[row.of](workspace) if row.of else 0


def ask(caller: Caller, row: Row, number: int) -> HttpResponse:
    data = {"live": number, "seconds": 5} if row.of == "live" else row.data
    answer = caller.ask(row.method, row.path.format(number), data)
    if answer.streaming:
        b"".join(answer)  # a file is closed where it ends
    return answer


# ── every path ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_path_has_a_row_and_every_row_a_path() -> None:
    assert sorted((row.method, row.template) for row in ROWS) == sorted((path.method, path.path) for path in paths())


def test_paths_tell_what_they_need() -> None:
    told = {(path.method, path.path): set(path.scopes) for path in paths()}

    assert told == {(row.method, row.template): set(row.needs) for row in ROWS}


def test_every_scope_that_is_offered_is_of_use() -> None:
    texts = {"watch.read_chat", "speech.read_transcripts"}  # of the log and of dry runs

    assert {scope for path in paths() for scope in path.scopes} | texts == set(SCOPES)


@every_row
def test_members_get_what_their_role_may_do_and_no_more(row: Row) -> None:
    check_roles(row, make_team())


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.needs & CONTENT], ids=lambda row: f"{row.method} {row.path}"
)
def test_whoever_manages_a_public_body_gets_no_content(row: Row) -> None:
    check_roles(row, make_team(Preset.PUBLIC_BODY))


def check_roles(row: Row, workspace: Workspace) -> None:
    number = number_in(workspace, row)
    for role in Role.values:
        member = make_membership(role, workspace=workspace)
        caller = Caller(workspace)
        caller.client.force_login(member.user)

        answer = ask(caller, row, number)

        assert answer.status_code < 500
        assert (answer.status_code == 403) == (not row.needs <= member.permissions), f"{role}: {answer.content!r}"


@every_row
def test_keys_do_what_they_may_and_no_more(row: Row) -> None:
    workspace = make_team()
    number = number_in(workspace, row)
    admin = make_membership(Role.ADMINISTRATOR, workspace=workspace)

    assert ask(Caller(workspace, make_key(admin, *row.needs).key), row, number).status_code < 500
    for scope in row.needs:
        lacking = make_key(admin, *(SCOPES.keys() - {scope}))
        assert refusal(ask(Caller(workspace, lacking.key), row, number))[0] == 403


@every_row
def test_outsiders_find_nothing(row: Row) -> None:
    workspace = make_team()
    number = number_in(workspace, row)
    outsider = make_membership(Role.ADMINISTRATOR, workspace=make_team())
    by_session, by_key = Caller(workspace), Caller(workspace, make_key(outsider).key)
    by_session.client.force_login(outsider.user)

    assert refusal(ask(Caller(workspace), row, number))[0] == 401
    for caller in (by_session, by_key):
        assert refusal(ask(caller, row, number)) == (404, "There is nothing here.")
        if row.of:  # nor is what belongs to others reached through one's own workspace
            caller.workspace = outsider.workspace
            assert refusal(ask(caller, row, number)) == (404, "There is nothing here.")


@every_row
def test_what_is_no_workspace_is_answered_as_one_of_others(row: Row) -> None:
    caller = make_caller()
    caller.workspace.slug = "nowhere"

    assert refusal(ask(caller, row, 1)) == (404, "There is nothing here.")


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.method != "GET"], ids=lambda row: f"{row.method} {row.path}"
)
def test_no_path_that_changes_something_does_without_a_token(row: Row) -> None:
    workspace = make_team()
    caller = Caller(workspace, client=Client(enforce_csrf_checks=True))
    caller.client.force_login(make_membership(Role.ADMINISTRATOR, workspace=workspace).user)

    status, words = refusal(ask(caller, row, number_in(workspace, row)))

    assert (status, "X-CSRFToken" in words) == (403, True)


@pytest.mark.parametrize("row", [row for row in ROWS if "{}" in row.path], ids=lambda row: f"{row.method} {row.path}")
def test_numbers_that_nothing_has_find_nothing(row: Row) -> None:
    caller = make_caller(workspace=make_team())

    for number in ("0", "9" * 18, "9" * 30):
        assert refusal(caller.ask(row.method, row.path.format(number), row.data))[0] == 404


def test_nothing_is_answered_before_it_is_known_who_asks() -> None:
    asked = [
        operation
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    ]

    assert len(asked) == len(ROWS) + 1  # what is nowhere
    assert {type(check) for operation in asked for check in operation.auth_callbacks} == {KeyOrSession}
    assert all(len(operation.auth_callbacks) == 1 and not operation.csrf_exempt for operation in asked)


# ── elsewhere ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_there_is_no_path_programs_get_one_line() -> None:
    caller = make_caller()

    for path in ("", "nothing", "channels/x", "channels/1/2/3", "channels/"):
        assert refusal(caller.ask("GET", path)) == (404, "There is nothing here.")


def test_strangers_are_not_told_which_paths_there_are(client: Client) -> None:
    assert client.get("/api/v1/nothing").status_code == 401


def test_the_openapi_document_is_there_for_everybody(client: Client) -> None:
    told = client.get("/api/v1/openapi.json").json()

    assert told["info"]["title"] == "Vigie"
    assert told["paths"].keys() == {path.path for path in paths()}
    assert [*told["components"]["securitySchemes"].values()] == [
        {"type": "http", "scheme": "bearer", "description": "A key of the workspace: `vgk_…`"}
    ]


def test_every_path_is_described() -> None:
    assert [path for path in paths() if not (path.summary and path.note)] == []
    ids = [told["operationId"] for of in api.get_openapi_schema()["paths"].values() for told in of.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`state` is *live*.", "<code>state</code> is <i>live</i>."),
        ("<b> & `<i>`", "&lt;b&gt; &amp; <code>&lt;i&gt;</code>"),
        ("plain", "plain"),
    ],
)
def test_words_about_paths_are_marked(text: str, html: str) -> None:
    assert marked(text) == html


def test_the_page_about_the_api_needs_nothing_from_elsewhere(client: Client) -> None:
    answer = client.get("/api/v1/docs")

    page = answer.content.decode()
    assert [path.path for path in paths() if f"{path.method} {path.path}<" not in page] == []
    assert "https://" not in page
    assert "<script>" not in page
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
