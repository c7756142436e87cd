from pathlib import Path

import pytest

from vigie.adapters.twitch import authority
from vigie.people.keys import ANSWER_S, NOT_CONFIGURED
from vigie.people.scopes import FOLLOW_MODERATION, READ_CHAT, SCOPES
from vigie.people.wording import PURPOSES, TROUBLES, purpose_words


def test_every_purpose_has_its_words() -> None:
    assert set(PURPOSES) == {purpose for purposes in SCOPES.values() for purpose in purposes}


def test_purposes_read_in_their_order() -> None:
    assert purpose_words([FOLLOW_MODERATION, READ_CHAT]) == ["see what the channel's moderators do", "read the chat"]


@pytest.mark.parametrize("trouble", sorted(TROUBLES))
def test_what_platforms_and_keys_say_is_what_they_say(trouble: str) -> None:
    """The words here are copies: a change over there is noticed."""
    said = [NOT_CONFIGURED.format("Twitch"), f"The platform did not answer within {ANSWER_S:.0f} s."]

    assert trouble in said or trouble in Path(authority.__file__).read_text(encoding="utf-8")
