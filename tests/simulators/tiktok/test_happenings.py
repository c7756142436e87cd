from vigie.simulators.tiktok.happenings import Action, Role, viewer


def test_a_viewer_is_the_same_for_a_number() -> None:
    assert viewer(3) == viewer(3) != viewer(4)
    assert viewer(3, Role.MODERATOR).roles == {Role.MODERATOR}
    assert viewer(3).user_id == viewer(3, Role.FAN).user_id


def test_actions_have_the_numbers_of_the_platform() -> None:
    assert [int(action) for action in Action] == [1, 2, 3, 4]
