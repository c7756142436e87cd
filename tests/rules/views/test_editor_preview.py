from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.factories import make_channel, make_live, make_membership, make_workspace
from tests.rules.pages import NEW, address, flat, opened
from tests.rules.rows import chat
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership, Preset
from vigie.rules.models import Rule
from vigie.runtime import clock

pytestmark = pytest.mark.django_db


def signed_in(client: Client, member: Membership) -> Membership:
    client.force_login(member.user)
    return member


# ── the preview ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def said(member: Membership) -> None:
    """Somebody wrote `clip` twice, five minutes ago."""
    live = make_live(make_channel(member.workspace, name="Plaza"), started_at=clock.now() - timedelta(minutes=5))
    chat(live, "clip this", "clip that", at_s=10)


def preview_of(client: Client, member: Membership, form: dict[str, Any] | None = None) -> str:
    answer = client.post(address("rule-new-preview", member.workspace), NEW if form is None else form)
    assert answer.status_code == 200
    return flat(answer.content.decode())


@pytest.mark.usefixtures("said")
def test_a_preview_shows_what_would_have_been_done(client: Client, member: Membership) -> None:
    html = preview_of(client, member)

    assert '<div class="big"> Would have acted once </div>' in html
    assert "and would have held back 1 time." in html
    assert "“clip this”" in html
    assert "Plaza </span>" in html
    assert "Rest: acted 1 s ago </span>" in html
    assert 'id="effect-if-0" hx-swap-oob="true">2 left</span>' in html
    assert "holds back 1" in html
    assert '<p id="preview-said" hx-swap-oob="innerHTML"> Would have acted once </p>' in html


@pytest.mark.usefixtures("said")
def test_a_preview_shows_no_words_to_who_may_not_read_them(client: Client, member: Membership) -> None:
    member.workspace.modules = ["rules"]
    member.workspace.save()

    html = preview_of(client, member)

    assert "clip this" not in html
    assert "somebody writes in the chat" in html
    assert "Would have acted once" in html


def test_a_preview_without_lives_says_so(client: Client, member: Membership) -> None:
    html = preview_of(client, member)

    assert "No live within seven days" in html
    assert "left</span>" not in html


@pytest.mark.usefixtures("said")
def test_a_rule_without_a_name_is_tried(client: Client, member: Membership) -> None:
    assert "Would have acted once" in preview_of(client, member, {**NEW, "name": ""})
    assert not Rule.objects.exists()


@pytest.mark.usefixtures("said")
def test_a_preview_is_accounted_for_once_a_page(client: Client, member: Membership) -> None:
    verbs = AuditEntry.objects.filter(verb="rule.previewed")
    opened(client, "rule-new", member.workspace)
    assert verbs.count() == 0

    for _ in range(3):
        preview_of(client, member)
    assert verbs.count() == 1

    opened(client, "rule-new", member.workspace)
    preview_of(client, member)
    assert verbs.count() == 2


@pytest.mark.usefixtures("said")
def test_a_preview_without_words_is_not_accounted_for(client: Client) -> None:
    workspace = make_workspace(preset=Preset.PUBLIC_BODY)
    manager = signed_in(client, make_membership("administrator", workspace=workspace))

    preview_of(client, manager)

    assert not AuditEntry.objects.filter(verb="rule.previewed").exists()


def test_the_page_opens_without_its_preview(client: Client, member: Membership) -> None:
    html = opened(client, "rule-new", member.workspace, query="?example=clip")

    assert 'class="in waits"' in html
    assert 'hx-trigger="load,' in html
