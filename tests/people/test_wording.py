from vigie.people.scopes import FOLLOW_MODERATION, READ_CHAT, SCOPES
from vigie.people.wording import PURPOSES, purpose_words


def test_every_purpose_has_its_words() -> None:
    assert set(PURPOSES) == {purpose for purposes in SCOPES.values() for purpose in purposes}


def test_purposes_read_in_their_order() -> None:
    assert purpose_words([FOLLOW_MODERATION, READ_CHAT]) == ["see what the channel's moderators do", "read the chat"]
