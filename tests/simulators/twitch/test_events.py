import pytest

from tests.simulators.twitch.clients import MAX, ZOE
from vigie.simulators.twitch import events
from vigie.simulators.twitch.users import TwitchUser

LEA = TwitchUser("7", "lea", "Léa")


def test_a_message_is_told_as_twitch_tells_it() -> None:
    told = events.chat_message(ZOE, LEA, message_id="m1", text="Coucou", badge=["subscriber", "vip"])

    assert told == {
        "broadcaster_user_id": "1001",
        "broadcaster_user_login": "zoe_live",
        "broadcaster_user_name": "Zoé_Live",
        "chatter_user_id": "7",
        "chatter_user_login": "lea",
        "chatter_user_name": "Léa",
        "message_id": "m1",
        "message": {
            "text": "Coucou",
            "fragments": [{"type": "text", "text": "Coucou", "cheermote": None, "emote": None, "mention": None}],
        },
        "color": events.color(LEA),
        "badges": [{"set_id": "subscriber", "id": "12", "info": "14"}, {"set_id": "vip", "id": "1", "info": ""}],
        "message_type": "text",
        "cheer": None,
        "reply": None,
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
        "source_broadcaster_user_id": None,
        "source_broadcaster_user_login": None,
        "source_broadcaster_user_name": None,
        "source_message_id": None,
        "source_badges": None,
        "is_source_only": None,
    }


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", []),
        ("Coucou", ["text"]),
        ("@zoe_live bravo", ["mention", "text"]),
        ("Merci @Max !", ["text", "mention", "text"]),
        ("a@b", ["text", "mention"]),
    ],
)
def test_mentions_stand_apart(text: str, kinds: list[str]) -> None:
    told = events.message(text)

    assert [fragment["type"] for fragment in told["fragments"]] == kinds
    assert "".join(fragment["text"] for fragment in told["fragments"]) == told["text"] == text


def test_a_notice_has_what_its_type_has_and_null_for_the_rest() -> None:
    detail = {"sub_tier": "1000", "is_prime": False, "duration_months": 1}
    told = events.chat_notification(ZOE, LEA, message_id="m1", text="Merci", notice=("sub", detail))

    assert (told["notice_type"], told["sub"], told["message"]["text"]) == ("sub", detail, "Merci")
    assert {told[kind] for kind in events.NOTICES if kind != "sub"} == {None}
    assert len(events.NOTICES) == 21


def test_an_act_has_what_its_action_has_and_null_for_the_rest() -> None:
    detail = {**LEA.labels(), "reason": "spam"}
    told = events.moderation(ZOE, MAX, action="ban", detail=detail)

    assert (told["action"], told["ban"], told["moderator_user_login"]) == ("ban", detail, "max")
    assert {told[kind] for kind in events.MODERATED if kind != "ban"} == {None}
    assert told["source_broadcaster_user_id"] is None


def test_an_act_without_details_adds_no_field() -> None:
    assert "clear" not in events.moderation(ZOE, MAX, action="clear", detail=None)


def test_a_raid_tells_from_where_and_to_where() -> None:
    assert events.raid(MAX, ZOE, viewers=30) == {
        "from_broadcaster_user_id": "1002",
        "from_broadcaster_user_login": "max",
        "from_broadcaster_user_name": "max",
        "to_broadcaster_user_id": "1001",
        "to_broadcaster_user_login": "zoe_live",
        "to_broadcaster_user_name": "Zoé_Live",
        "viewers": 30,
    }


def test_an_unknown_badge_is_refused() -> None:
    with pytest.raises(KeyError):
        events.badges(["king"])
