import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.people import roles

ALL = frozenset().union(*roles.PERMISSIONS.values())


def test_only_administrators_manage() -> None:
    managing = {role for role, permissions in roles.PERMISSIONS.items() if permissions & roles.MANAGING}

    assert managing == {roles.ADMINISTRATOR}


def test_administrators_may_do_all_that_others_may() -> None:
    assert roles.PERMISSIONS[roles.ADMINISTRATOR] == ALL


def test_auditors_change_nothing() -> None:
    assert roles.PERMISSIONS[roles.AUDITOR] == {
        "watch.follow_lives",
        "watch.read_chat",
        "speech.read_transcripts",
        "moderation.see_alerts",
        "rules.see_rules",
        "clips.see_clips",
        "governance.read_audit",
    }


def test_moderators_write_rules_and_those_who_lead_put_them_in_force() -> None:
    may = {role: {name for name in held if name.startswith("rules.")} for role, held in roles.PERMISSIONS.items()}

    assert may == {
        roles.ANALYST: {"rules.see_rules"},
        roles.MODERATOR: {"rules.see_rules", "rules.edit_rules"},
        roles.SUPERVISOR: {"rules.see_rules", "rules.edit_rules", "rules.publish_rules"},
        roles.ADMINISTRATOR: {"rules.see_rules", "rules.edit_rules", "rules.publish_rules"},
        roles.AUDITOR: {"rules.see_rules"},
        roles.API_CLIENT: {"rules.see_rules"},
    }


def test_rules_switched_off_take_their_permissions_along() -> None:
    held = roles.in_force(roles.PERMISSIONS[roles.ADMINISTRATOR], modules=["moderation"], separate_duties=False)

    assert not [name for name in held if name.startswith("rules.")]


def test_those_who_work_on_alerts_may_do_more_and_more() -> None:
    ladder = [roles.PERMISSIONS[role] for role in (roles.ANALYST, roles.MODERATOR, roles.SUPERVISOR)]

    assert ladder[0] < ladder[1] < ladder[2]


MODERATION = ["moderation"]


@pytest.mark.parametrize(
    ("granted", "modules", "separate_duties", "held"),
    [
        (["watch.follow_lives"], [], False, {"watch.follow_lives"}),
        (["moderation.see_alerts"], MODERATION, False, {"moderation.see_alerts"}),
        (["moderation.see_alerts"], [], False, set()),
        (["speech.hear_audio", "people.manage_people"], [], False, {"speech.hear_audio", "people.manage_people"}),
        (["speech.hear_audio", "people.manage_people"], [], True, {"people.manage_people"}),
        (["speech.hear_audio", "people.manage_workspace"], [], True, {"people.manage_workspace"}),
        (["speech.hear_audio", "watch.manage_channels"], [], True, {"speech.hear_audio", "watch.manage_channels"}),
        ([], MODERATION, True, set()),
    ],
)
def test_what_is_in_force(granted: list[str], modules: list[str], separate_duties: bool, held: set[str]) -> None:  # noqa: FBT001 - a column
    assert roles.in_force(granted, modules=modules, separate_duties=separate_duties) == held


def test_administrators_of_a_public_body_keep_everything_but_content() -> None:
    every = ["moderation", "chat", "rules", "clips"]
    held = roles.in_force(roles.PERMISSIONS[roles.ADMINISTRATOR], modules=every, separate_duties=True)

    assert held == ALL - roles.CONTENT


@given(
    granted=st.sets(st.sampled_from(sorted(ALL))),
    modules=st.sets(st.sampled_from(["moderation", "chat"])),
    separate_duties=st.booleans(),
)
def test_nothing_comes_into_force_that_was_not_granted(
    granted: set[str],
    modules: set[str],
    separate_duties: bool,  # noqa: FBT001 - drawn
) -> None:
    held = roles.in_force(granted, modules=modules, separate_duties=separate_duties)

    assert held <= granted
    assert roles.in_force(held, modules=modules, separate_duties=separate_duties) == held
    assert not (separate_duties and held & roles.MANAGING and held & roles.CONTENT)
