from datetime import timedelta

import pytest

from tests.factories import NOW
from vigie.notifications.digest import Item, condensed
from vigie.notifications.kinds import ALERT_RAISED, LIVE_ENDED, LIVE_RESUMED, LIVE_STARTED, WEBHOOK_OFF

LATER = NOW + timedelta(hours=1)


def item(kind: str, subject: int, *, key: int = 1, after_min: int = 0, is_over: bool = False) -> Item:
    return Item(key, kind, subject, NOW + timedelta(minutes=after_min), LATER if is_over else None)


def said(*items: Item) -> list[tuple[str, int]]:
    return [(one.kind, one.subject_id) for one in condensed(items)]


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([item(LIVE_STARTED, 7)], [(LIVE_STARTED, 7)]),
        ([item(LIVE_STARTED, 7, is_over=True)], [(LIVE_ENDED, 7)]),
        ([item(LIVE_STARTED, 7, is_over=True), item(LIVE_ENDED, 7, after_min=60, is_over=True)], [(LIVE_ENDED, 7)]),
        ([item(LIVE_ENDED, 7, is_over=True)], [(LIVE_ENDED, 7)]),
        ([item(LIVE_RESUMED, 7)], [(LIVE_RESUMED, 7)]),
        ([item(LIVE_RESUMED, 7), item(LIVE_RESUMED, 7, after_min=60)], [(LIVE_RESUMED, 7)]),
        ([item(LIVE_RESUMED, 7, is_over=True), item(LIVE_ENDED, 7, after_min=60, is_over=True)], [(LIVE_ENDED, 7)]),
        ([item(LIVE_STARTED, 7), item(LIVE_STARTED, 8)], [(LIVE_STARTED, 7), (LIVE_STARTED, 8)]),
    ],
)
def test_of_each_live_what_is_true_now_is_told_once(items: list[Item], told: list[tuple[str, int]]) -> None:
    assert said(*items) == told


def test_alerts_and_webhooks_are_told_one_by_one() -> None:
    items = [item(ALERT_RAISED, 7), item(ALERT_RAISED, 8), item(LIVE_STARTED, 7), item(WEBHOOK_OFF, 7)]

    assert sorted(said(*items)) == sorted((one.kind, one.subject_id) for one in items)


def test_what_happened_first_is_said_first() -> None:
    items = [item(ALERT_RAISED, 3, after_min=5), item(LIVE_STARTED, 7), item(ALERT_RAISED, 2, after_min=9)]

    assert said(*items) == [(LIVE_STARTED, 7), (ALERT_RAISED, 3), (ALERT_RAISED, 2)]


def test_each_line_still_names_what_it_comes_from() -> None:
    items = [item(LIVE_STARTED, 7, key=41, is_over=True), item(LIVE_ENDED, 7, key=42, after_min=60, is_over=True)]

    assert [one.key for one in condensed(items)] == [41]


def test_there_may_be_nothing_to_say() -> None:
    assert condensed([]) == []
