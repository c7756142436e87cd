"""What the database itself refuses of chats, and what a chatter is called."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories import NOW, make_live, make_workspace
from vigie.watch.models import ChatMessage, Chatter, ErasedMessage

pytestmark = pytest.mark.django_db


def test_a_message_is_a_row_once_a_live() -> None:
    live, other = make_live(), make_live()
    chatter = Chatter.objects.create(workspace=live.channel.workspace, platform="web", key="k", first_seen_at=NOW)
    for each in (live, other):
        ChatMessage.objects.create(live=each, chatter=chatter, kind="message", platform_id="1", at_s=0.0)

    with pytest.raises(IntegrityError), transaction.atomic():
        ChatMessage.objects.create(live=live, chatter=chatter, kind="message", platform_id="1", at_s=1.0)


def test_a_person_is_one_chatter_of_a_workspace() -> None:
    workspace = make_workspace()
    for platform in ("tiktok", "twitch"):
        Chatter.objects.create(workspace=workspace, platform=platform, key="k", first_seen_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Chatter.objects.create(workspace=workspace, platform="tiktok", key="k", first_seen_at=NOW)


def test_an_erased_message_is_kept_out_once_a_live() -> None:
    live, other = make_live(), make_live()
    for each in (live, other):
        ErasedMessage.objects.create(live=each, platform_id="1")

    with pytest.raises(IntegrityError), transaction.atomic():
        ErasedMessage.objects.create(live=live, platform_id="1")


@pytest.mark.parametrize(
    ("login", "name", "shown"), [("camille", "Camille", "Camille"), ("camille", "", "camille"), ("", "", "c-4f2a91")]
)
def test_a_chatter_is_called_by_the_best_that_is_known(login: str, name: str, shown: str) -> None:
    assert Chatter(pseudonym="c-4f2a91", login=login, name=name).shown == shown
