"""Who gets what: every address of a workspace, asked for by everyone.

An area that adds an address adds its row; an address without a row fails the first test.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.callers import make_key
from tests.clips.rows import make_clip, make_obs
from tests.factories import (
    NOW,
    make_alert,
    make_assessment,
    make_channel,
    make_connection,
    make_live,
    make_membership,
    make_utterance,
    make_workspace,
)
from tests.notifications.rows import make_delivery, make_notice, make_webhook
from tests.rules.rows import make_rule
from tests.site.audiences import make_audience, write
from vigie.clips.models import ShareLink
from vigie.people import operations, presets
from vigie.people.models import Invitation, Preset, Role, Workspace
from vigie.people.roles import CONTENT
from vigie.risk.operations import ensure_policy
from vigie.rules.models import Firing
from vigie.watch.models import Live
from vigie.watch.operations import place_mark
from vigie.watch.timeline import Hole

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Row:
    """An address and what is needed to reach it."""

    name: str
    needs: frozenset[str]
    method: str = "GET"
    of: str = ""
    """What the number in the address is of: a key of `SCENE`."""


def get(name: str, *needs: str, of: str = "") -> Row:
    return Row(name, frozenset(needs), of=of)


def post(name: str, *needs: str, of: str = "") -> Row:
    return Row(name, frozenset(needs), "POST", of)


FOLLOW, CHANNELS = "watch.follow_lives", "watch.manage_channels"
CHAT, REVEAL = "watch.read_chat", "watch.reveal_chatters"
READ, HEAR = "speech.read_transcripts", "speech.hear_audio"
SEE, DECIDE = "moderation.see_alerts", "moderation.decide_alerts"
POLICY, PEOPLE, WORKSPACE = "risk.edit_policy", "people.manage_people", "people.manage_workspace"
AUDIT, CONNECTIONS = "governance.read_audit", "people.manage_connections"
HOOKS = "notifications.manage_webhooks"
RULES, WRITE, PUBLISH = "rules.see_rules", "rules.edit_rules", "rules.publish_rules"
CLIPS, CLIP, PURGE = "clips.see_clips", "clips.make_clips", "clips.delete_clips"
OBS = "clips.manage_obs"

ROWS = [
    get("health"),
    # people
    get("people", PEOPLE),
    post("people", PEOPLE),
    post("member-role", PEOPLE, of="member"),
    post("member-remove", PEOPLE, of="member"),
    post("invitation-renew", PEOPLE, of="invitation"),
    post("invitation-revoke", PEOPLE, of="invitation"),
    get("connections", CONNECTIONS),
    post("connection-connect", CONNECTIONS),
    post("connection-disconnect", CONNECTIONS, of="connection"),
    get("workspace-settings", WORKSPACE),
    post("workspace-settings", WORKSPACE),
    get("api-keys", WORKSPACE),
    post("api-keys", WORKSPACE),
    post("api-key-revoke", WORKSPACE, of="api-key"),
    # governance
    get("audit", AUDIT),
    post("audit-verify", AUDIT),
    # watch
    get("channels", FOLLOW),
    get("channels-rows", FOLLOW),
    get("channel", FOLLOW, of="channel"),
    get("channel-now", FOLLOW, of="channel"),
    post("channel-seen", FOLLOW, of="channel"),
    post("channel", FOLLOW, CHANNELS, of="channel"),
    get("channel-add", FOLLOW, CHANNELS),
    post("channel-add", FOLLOW, CHANNELS),
    post("channel-look", FOLLOW, of="channel"),
    post("channel-watch", FOLLOW, CHANNELS, of="channel"),
    post("channel-unwatch", FOLLOW, CHANNELS, of="channel"),
    post("channel-remove", FOLLOW, CHANNELS, of="channel"),
    # the wall
    get("wall", FOLLOW),
    get("wall-tiles", FOLLOW),
    get("wall-counters", FOLLOW),
    get("wall-alerts", SEE),
    post("wall-look", FOLLOW),
    get("live-thumbnail", FOLLOW, of="live"),
    # lives
    get("lives", FOLLOW),
    get("lives-on-air", FOLLOW),
    get("live", FOLLOW, of="live"),
    get("live-head", FOLLOW, of="live"),
    get("live-words", FOLLOW, READ, of="live"),
    get("live-facts", FOLLOW, of="live"),
    get("live-lanes", FOLLOW, of="live"),
    get("live-table", FOLLOW, of="live"),
    get("live-stretch", FOLLOW, of="live"),
    get("stretch-sound", FOLLOW, HEAR, of="live"),
    post("mark-place", FOLLOW, READ, of="live"),
    post("mark-remove", FOLLOW, READ, of="mark"),
    get("live-chat", CHAT, of="live"),
    get("chat-search", CHAT, of="live"),
    get("chat-csv", CHAT, of="live"),
    get("chat-jsonl", CHAT, of="live"),
    get("chatter", CHAT, of="chatter"),
    post("chatter-reveal", CHAT, REVEAL, of="chatter"),
    post("chatter-erase", CHAT, REVEAL, of="chatter"),
    get("live-alerts", SEE, of="live"),
    get("transcript", FOLLOW, READ, of="live"),
    get("transcript-text", FOLLOW, READ, of="live"),
    get("transcript-json", FOLLOW, READ, of="live"),
    # speech
    post("utterance-retry", FOLLOW, READ, HEAR, of="utterance"),
    # risk
    get("policy"),
    post("policy-try"),
    get("policy-version", of="version"),
    get("policy-edit", POLICY),
    post("policy-edit", POLICY),
    post("policy-changes", POLICY),
    post("policy-restore", POLICY, of="version"),
    # moderation
    get("alerts", SEE),
    get("alert-news", SEE),
    get("alert", SEE, of="alert"),
    get("alert-moment", SEE, of="alert"),
    get("alert-standing", SEE, of="alert"),
    get("alert-audio", SEE, HEAR, of="alert"),
    get("alert-peaks", SEE, HEAR, of="alert"),
    post("alert-decide", SEE, DECIDE, of="alert"),
    post("alert-undo", SEE, DECIDE, of="alert"),
    post("alert-note", SEE, DECIDE, of="alert"),
    # clips
    get("clips", CLIPS),
    get("clips-news", CLIPS),
    post("clips-change", CLIP),
    post("clips-undo", PURGE),
    get("clip-settings", PURGE),
    post("clip-settings", PURGE),
    get("clip-name-preview", PURGE),
    get("clip-keeping-preview", PURGE),
    get("clip", CLIPS, of="clip"),
    get("clip-standing", CLIPS, of="clip"),
    get("clip-toast", CLIPS, of="clip"),
    get("clip-video", CLIPS, of="clip"),
    get("clip-download", CLIPS, of="clip"),
    get("clip-poster", CLIPS, of="clip"),
    post("clip-change", CLIP, of="clip"),
    get("clip-rename", CLIP, of="clip"),
    post("clip-rename", CLIP, of="clip"),
    post("clip-keep", CLIP, of="clip"),
    post("clip-hold", PURGE, of="clip"),
    post("clip-again", CLIP, of="clip"),
    post("clip-share", PURGE, of="clip"),
    post("clip-link-revoke", PURGE, of="link"),
    post("clip-remove", PURGE, of="clip"),
    get("obs", OBS),
    post("obs", OBS),
    post("obs-try-new", OBS),
    get("obs-instance", OBS, of="obs"),
    post("obs-instance", OBS, of="obs"),
    post("obs-try", OBS, of="obs"),
    post("obs-remove", OBS, of="obs"),
    get("live-clips", CLIPS, of="live"),
    post("clip-make", CLIP, of="live"),
    # rules
    get("rules", RULES),
    get("rules-export", RULES),
    get("rules-log", RULES),
    get("rules-log-lines", RULES),
    get("rules-log-line", RULES, of="firing"),
    get("rule-export", RULES, of="rule"),
    get("rule-new", RULES, WRITE),
    post("rule-new", RULES, WRITE),
    post("rule-new-sheet", RULES, WRITE),
    post("rule-new-preview", RULES, WRITE),
    get("rules-import", RULES, WRITE),
    post("rules-import", RULES, WRITE),
    get("rule", RULES, WRITE, of="rule"),
    post("rule", RULES, WRITE, of="rule"),
    post("rule-sheet", RULES, WRITE, of="rule"),
    post("rule-preview", RULES, WRITE, of="rule"),
    post("rule-turn", RULES, WRITE, of="rule"),
    post("rule-remove", RULES, WRITE, PUBLISH, of="rule"),
    post("rule-restore", RULES, WRITE, PUBLISH, of="rule"),
    # notifications
    get("notices", FOLLOW),
    get("notices-latest", FOLLOW),
    get("notices-bell", FOLLOW),
    post("notices-read", FOLLOW),
    get("notice", FOLLOW, of="notice"),
    post("notice-read", FOLLOW, of="notice"),
    get("notice-settings", FOLLOW),
    post("notice-settings", FOLLOW),
    # webhooks
    get("webhooks", HOOKS),
    post("webhooks", HOOKS),
    get("webhook", HOOKS, of="webhook"),
    post("webhook", HOOKS, of="webhook"),
    post("webhook-rotate", HOOKS, of="webhook"),
    post("webhook-try", HOOKS, of="webhook"),
    post("webhook-remove", HOOKS, of="webhook"),
    post("delivery-again", HOOKS, of="delivery"),
]
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.name}")


def names_under(patterns: list[URLPattern | URLResolver], route: str = "") -> Iterator[str]:
    """Yield the name of every address below `w/<workspace>/`."""
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from names_under(pattern.url_patterns, here)
        elif here.startswith("w/<slug:workspace>/"):
            yield pattern.name or here


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert {row.name for row in ROWS} == set(names_under(get_resolver().url_patterns))


def a_live(workspace: Workspace) -> Live:
    return make_live(make_channel(workspace))


def a_mark(workspace: Workspace) -> int:
    live, by = a_live(workspace), make_membership(workspace=workspace)
    return place_mark(live, Hole(1.0, 2.0), "", actor=by, now=NOW).pk


def a_link(workspace: Workspace) -> int:
    clip = make_clip(a_live(workspace), "requested")
    return ShareLink.objects.create(clip=clip, token_hash=str(clip.pk), made_at=NOW, expires_at=NOW).pk


def an_invitation(workspace: Workspace) -> Invitation:
    by = make_membership(Role.ADMINISTRATOR, workspace=workspace)
    return operations.invite(by, role=Group.objects.get(name=Role.ANALYST), now=NOW).invitation


def a_firing(workspace: Workspace) -> int:
    version, live = make_rule(workspace), a_live(workspace)
    moments: dict[str, Any] = {"at": NOW, "noted_at": NOW, "since_s": 0.0, "at_s": 0.0}
    return Firing.objects.create(version=version, live=live, deed="acted", trigger="chat:1", refs=[], **moments).pk


SCENE: dict[str, Callable[[Workspace], int]] = {
    "member": lambda workspace: make_membership(Role.ANALYST, workspace=workspace).pk,
    "api-key": lambda workspace: make_key(make_membership(Role.ADMINISTRATOR, workspace=workspace)).row.pk,
    "connection": lambda workspace: make_connection(workspace).pk,
    "invitation": lambda workspace: an_invitation(workspace).pk,
    "channel": lambda workspace: make_channel(workspace).pk,
    "live": lambda workspace: a_live(workspace).pk,
    "utterance": lambda workspace: make_utterance(a_live(workspace)).pk,
    "alert": lambda workspace: make_alert(make_assessment(make_utterance(a_live(workspace)))).pk,
    "obs": lambda workspace: make_obs(workspace, host="192.0.2.1").pk,  # where nothing may be reached
    "clip": lambda workspace: make_clip(a_live(workspace), "requested").pk,
    "link": a_link,
    "mark": a_mark,
    "chatter": lambda workspace: write(make_audience(workspace), "hello")[0].chatter_id,
    "rule": lambda workspace: make_rule(workspace).rule.number,
    "firing": a_firing,
    "notice": lambda workspace: make_notice(make_membership(workspace=workspace)).pk,
    "webhook": lambda workspace: make_webhook(workspace).pk,
    "delivery": lambda workspace: make_delivery(make_webhook(workspace)).pk,
    "version": lambda workspace: ensure_policy(workspace, NOW).version,
}
"""What an address can be of -> how to put one into a workspace, and its number."""
ARGUMENTS = {"version": "version", "rule": "number"}
"""What numbers are called in addresses, where that is not `pk`."""


def ask(client: Client, row: Row, workspace: Workspace, number: int) -> HttpResponseBase:
    kwargs: dict[str, object] = {"workspace": workspace.slug}
    if row.of:
        kwargs[ARGUMENTS.get(row.of, "pk")] = number
    address = reverse(row.name, kwargs=kwargs)
    return client.post(address) if row.method == "POST" else client.get(address)


def number_in(workspace: Workspace, row: Row) -> int:
    return SCENE[row.of](workspace) if row.of else 0


@every_row
def test_members_get_what_their_role_may_see_and_no_more(row: Row, client: Client) -> None:
    check_roles(row, make_workspace(), client)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.needs & CONTENT], ids=lambda row: f"{row.method} {row.name}"
)
def test_whoever_manages_a_public_body_does_not_see_content(row: Row, client: Client) -> None:
    workspace = make_workspace(preset=Preset.PUBLIC_BODY)
    workspace.modules = presets.allowed_modules(Preset.PUBLIC_BODY)  # chats too
    workspace.save()
    check_roles(row, workspace, client)


def check_roles(row: Row, workspace: Workspace, client: Client) -> None:
    number = number_in(workspace, row)
    for role in Role.values:
        member = make_membership(role, workspace=workspace)
        client.force_login(member.user)

        answer = ask(client, row, workspace, number)

        assert answer.status_code < 500
        assert (answer.status_code == 403) == (not row.needs <= member.permissions), f"{role}: {answer.status_code}"


@every_row
def test_outsiders_find_nothing(row: Row, client: Client) -> None:
    workspace = make_workspace()
    number = number_in(workspace, row)

    stranger = ask(client, row, workspace, number)
    assert (stranger.status_code, stranger["Location"].split("?")[0]) == (302, "/accounts/login/")

    outsider = make_membership(Role.ADMINISTRATOR)
    client.force_login(outsider.user)
    assert ask(client, row, workspace, number).status_code == 404
    if row.of:  # nor is what belongs to others reached through one's own workspace
        assert ask(client, row, outsider.workspace, number).status_code == 404
