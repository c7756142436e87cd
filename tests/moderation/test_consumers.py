import asyncio
from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tests.factories import make_alert, make_decision, make_membership, make_user
from vigie.events import AlertChanged, AlertRaised
from vigie.moderation import consumers, queries
from vigie.moderation.models import Alert
from vigie.people.models import Preset
from vigie.runtime import clock, push
from vigie.runtime.push import Item

pytestmark = pytest.mark.django_db


class Pushes:
    """What waits to be sent to the pages, in order."""

    @property
    def items(self) -> list[tuple[str, dict[str, Item]]]:
        assert push._pusher is not None
        return [(topic, item) for topic, items in push._pusher._waiting.items() for item in items]

    def html(self, target: str, language: str = "en") -> str:
        return next(item[language]["html"] for _, item in self.items if item[language]["target"] == target)

    def targets(self) -> list[tuple[str, str]]:
        return [(item["en"]["target"], item["en"]["swap"]) for _, item in self.items]


@pytest.fixture
def pushes() -> Iterator[Pushes]:
    loop = asyncio.new_event_loop()  # it never runs: nothing is sent
    push.attach(loop)
    yield Pushes()
    push.detach()
    loop.close()


@pytest.fixture
def alert() -> Alert:
    return make_alert()


@pytest.mark.parametrize(
    ("role", "may_follow"),
    [("analyst", True), ("moderator", True), ("supervisor", True), ("auditor", True), ("administrator", True)],
)
def test_members_who_see_alerts_follow_them(alert: Alert, role: str, *, may_follow: bool) -> None:
    member = make_membership(role, workspace=alert.workspace)

    assert consumers.may_follow_alerts(member.user, alert.workspace_id) is may_follow


def test_others_do_not_follow_alerts(alert: Alert) -> None:
    elsewhere = make_membership()
    alert.workspace.preset = Preset.PUBLIC_BODY
    alert.workspace.save()
    manager = make_membership("administrator", workspace=alert.workspace)

    assert not consumers.may_follow_alerts(make_user(), alert.workspace_id)
    assert not consumers.may_follow_alerts(elsewhere.user, alert.workspace_id)
    assert not consumers.may_follow_alerts(manager.user, alert.workspace_id)


def test_a_new_alert_is_told_in_a_line_and_counted(alert: Alert, pushes: Pushes) -> None:
    consumers.push_raised(AlertRaised(alert.workspace_id, alert.live_id, alert.pk, alert.assessment_id, 1, alert.score))

    assert {topic for topic, _ in pushes.items} == {f"alerts:{alert.workspace_id}"}
    assert pushes.targets() == [("news", "append"), ("rail-alerts", "replace"), ("tabs-alerts", "replace")]
    assert f'id="new-{alert.pk}"' in pushes.html("news")
    assert pushes.html("rail-alerts").strip() == '<span class="count high" id="rail-alerts">1</span>'


def test_a_decided_alert_greys_in_its_place(alert: Alert, pushes: Pushes) -> None:
    decision = make_decision(alert, state="dismissed", category="threat")

    consumers.push_changed(AlertChanged(alert.workspace_id, alert.live_id, alert.pk, "dismissed"))

    assert pushes.targets() == [
        (f"alert-{alert.pk}", "replace"),
        (f"standing-{alert.pk}", "replace"),
        ("rail-alerts", "replace"),
        ("tabs-alerts", "replace"),
    ]
    row = pushes.html(f"alert-{alert.pk}")
    assert 'class="row-a taken"' in row
    assert decision.alias in row
    assert "Dismiss <kbd>" not in row
    assert decision.alias in pushes.html(f"standing-{alert.pk}")
    assert pushes.html("tabs-alerts").strip() == '<span class="count high" id="tabs-alerts"></span>'


def test_an_alert_to_review_again_is_no_longer_grey(alert: Alert, pushes: Pushes) -> None:
    consumers.push_changed(AlertChanged(alert.workspace_id, alert.live_id, alert.pk, "pending"))

    assert "taken" not in pushes.html(f"alert-{alert.pk}")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_row_is_pushed_as_the_page_shows_it(alert: Alert, pushes: Pushes, language: str) -> None:
    consumers.push_changed(AlertChanged(alert.workspace_id, alert.live_id, alert.pk, "pending"))

    [row] = queries.rows([alert], clock.now())
    with translation.override(language):
        page = render_to_string("moderation/_row.html", {"row": row})
    assert pushes.html(f"alert-{alert.pk}", language) == page
