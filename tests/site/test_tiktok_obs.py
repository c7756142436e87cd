import json
from typing import Any

import pytest

from tests.factories import NOW, make_membership, make_user, make_workspace
from vigie.clips.models import ObsInstance
from vigie.people import presets
from vigie.people.models import Membership, Preset, Role
from vigie.rules.models import Mode, Rule, RuleVersion
from vigie.runtime.sealing import unseal
from vigie.site import tiktok_obs
from vigie.site.tiktok_obs import BadConfig, parse, take_over
from vigie.watch.models import Channel

SEED: dict[str, Any] = {
    "username": ["tiktok_user1", "tiktok_user2"],
    "obs_password": "your_obs_password",
    "source_name": "Window Capture",
    "keywords": "amazing,wow,highlight",
    "notifications_enabled": True,
    "notification_duration": 5,
}
"""As its own manual shows it."""
LINES = [
    "channel @tiktok_user1: added and watched",
    "channel @tiktok_user2: added and watched",
    "OBS at 127.0.0.1:4455: added",
    "notifications of grace: stay for 5 s",
    "rule 1, “Chat keywords: save the replay”: in force",
]


def config(**changes: object) -> tiktok_obs.Config:
    return parse(json.dumps(SEED | changes))


@pytest.fixture
def actor() -> Membership:
    return make_membership(Role.ADMINISTRATOR, user=make_user("grace"), workspace=make_workspace(preset=Preset.CREATOR))


def content() -> dict[str, Any]:
    found: dict[str, Any] = RuleVersion.objects.get().content
    return found


def test_file_says_streams_keywords_and_password() -> None:
    read = config()

    assert [place.address for place in read.streams] == ["tiktok_user1", "tiktok_user2"]
    assert read.keywords == ("amazing", "wow", "highlight")
    assert read.obs_password == "your_obs_password"
    assert read.notifies
    assert read.shown_s == 5
    assert read.left_out == ("source_name",)
    assert "your_obs_password" not in repr(read)


@pytest.mark.parametrize(
    ("changes", "streams", "keywords"),
    [
        ({"username": "@Solo"}, ["solo"], ("amazing", "wow", "highlight")),
        ({"username": "a_1, b_2 ,a_1"}, ["a_1", "b_2"], ("amazing", "wow", "highlight")),
        ({"username": []}, [], ("amazing", "wow", "highlight")),
        ({"keywords": ["wow", " wow ", "gg"]}, ["tiktok_user1", "tiktok_user2"], ("wow", "gg")),
        ({"keywords": " , "}, ["tiktok_user1", "tiktok_user2"], ()),
        ({"keywords": None}, ["tiktok_user1", "tiktok_user2"], ()),
    ],
)
def test_lists_may_be_texts_with_commas(changes: dict[str, Any], streams: list[str], keywords: tuple[str, ...]) -> None:
    read = config(**changes)

    assert [place.address for place in read.streams] == streams
    assert read.keywords == keywords


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "This is not JSON"),
        ("{", "This is not JSON"),
        ("[" * 100_000, "This is not JSON"),
        ("[]", "neither username, keywords nor obs_password"),
        ("{}", "neither username, keywords nor obs_password"),
        ('{"streams": []}', "neither username, keywords nor obs_password"),
        (" " * 1_000_001, "larger than 1 MB"),
        ('{"username": 5}', "“username” must be a text"),
        ('{"username": ["https://"]}', "“username”"),
        ('{"keywords": [1]}', "“keywords” must be a text"),
        ('{"obs_password": 5}', "“obs_password” must be a text"),
        ('{"keywords": "a", "notification_duration": "long"}', "“notification_duration” must be a number of seconds"),
        ('{"keywords": "a", "notification_duration": -1}', "“notification_duration” must be a number of seconds"),
        ('{"keywords": "a", "notification_duration": true}', "“notification_duration” must be a number of seconds"),
    ],
)
def test_what_is_no_such_file_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(BadConfig, match=told) as refused:
        parse(text)

    assert len(str(refused.value).splitlines()) == 1


def test_keyword_that_cannot_be_looked_for_is_told() -> None:
    with pytest.raises(BadConfig, match="holds nothing to look for"):
        _ = config(keywords="\u200b").rule


@pytest.mark.django_db
def test_all_of_it_becomes_channels_an_obs_and_a_rule(actor: Membership) -> None:
    done = take_over(config(), actor=actor, now=NOW)

    assert done == LINES
    channels = Channel.objects.order_by("address")
    assert [(channel.platform, channel.address, channel.is_watched) for channel in channels] == [
        ("tiktok", "tiktok_user1", True),
        ("tiktok", "tiktok_user2", True),
    ]
    obs = ObsInstance.objects.get()
    assert (obs.host, obs.port, unseal(obs.sealed_password), obs.is_used) == (
        "127.0.0.1",
        4455,
        "your_obs_password",
        True,
    )
    assert content() == {
        "name": "Chat keywords: save the replay",
        "when": "chat",
        "channels": ["tiktok_user1", "tiktok_user2"],
        "if": [{"says": ["amazing", "wow", "highlight"], "place": "anywhere"}],
        "then": ["replay", "notify"],
    }
    assert RuleVersion.objects.get().mode == Mode.ACTIVE


@pytest.mark.django_db
def test_whoever_wanted_no_notifications_is_told_nothing(actor: Membership) -> None:
    take_over(config(notifications_enabled=False), actor=actor, now=NOW)

    assert content()["then"] == ["replay"]


@pytest.mark.django_db
def test_doing_it_again_changes_nothing(actor: Membership) -> None:
    take_over(config(), actor=actor, now=NOW)

    assert take_over(config(), actor=actor, now=NOW) == []
    assert (Channel.objects.count(), ObsInstance.objects.count(), RuleVersion.objects.count()) == (2, 1, 1)


@pytest.mark.django_db
def test_only_what_changed_since_is_taken_over(actor: Membership) -> None:
    take_over(config(), actor=actor, now=NOW)

    done = take_over(config(obs_password="other", keywords="wow"), actor=actor, now=NOW)

    assert done == ["OBS at 127.0.0.1:4455: password changed", LINES[-1]]
    assert unseal(ObsInstance.objects.get().sealed_password) == "other"
    assert Rule.objects.count() == 1
    active = RuleVersion.objects.get(mode=Mode.ACTIVE)
    assert active.content["if"] == [{"says": ["wow"], "place": "anywhere"}]


@pytest.mark.django_db
def test_without_keywords_there_is_no_rule(actor: Membership) -> None:
    assert take_over(config(keywords=""), actor=actor, now=NOW) == LINES[:4]


@pytest.mark.django_db
def test_streams_alone_bring_no_obs(actor: Membership) -> None:
    streams = config(keywords="", obs_password="", notification_duration=None)

    assert take_over(streams, actor=actor, now=NOW) == LINES[:2]


@pytest.mark.django_db
def test_notifications_stay_for_as_long_as_they_may(actor: Membership) -> None:
    brief = config(keywords="", obs_password="", username=[], notification_duration=0)

    assert take_over(brief, actor=actor, now=NOW) == ["notifications of grace: stay for 2 s"]
    assert take_over(brief, actor=actor, now=NOW) == []


@pytest.mark.django_db
def test_second_person_puts_the_rule_in_force_where_duties_are_separated() -> None:
    workspace = make_workspace(preset=Preset.PUBLIC_BODY)
    workspace.modules = [presets.CHAT, presets.RULES, presets.CLIPS]
    workspace.save()
    actor = make_membership(Role.SUPERVISOR, workspace=workspace)

    done = take_over(config(), actor=actor, now=NOW)

    assert done[-1] == "rule 1, “Chat keywords: save the replay”: a draft, for a second person to put in force"
    assert RuleVersion.objects.get().mode == Mode.DRAFT
