"""The administration names nobody whom a live concerned: pages that do so are accounted for."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, make_live
from vigie.watch.models import ErasedMessage, LiveMark, MarkKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]


@pytest.mark.parametrize("kind", MarkKind.values)
def test_the_words_of_marks_are_on_no_page(client: Client, kind: str) -> None:
    words = {"label": "timeout camille.92 spam", "target_key": "5f3e"}
    mark = LiveMark.objects.create(live=make_live(), kind=kind, from_s=3, to_s=4, placed_at=NOW, **words)

    for address in (
        reverse("admin:watch_livemark_changelist"),
        reverse("admin:watch_livemark_change", args=[mark.pk]),
        reverse("admin:watch_livemark_history", args=[mark.pk]),
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert [word for word in ("camille", "spam", "5f3e") if word in answer.content.decode()] == []


def test_what_no_replay_brings_back_is_listed_by_its_number(client: Client) -> None:
    ErasedMessage.objects.create(live=make_live(), platform_id="7412")

    assert "7412" in client.get(reverse("admin:watch_erasedmessage_changelist")).content.decode()
