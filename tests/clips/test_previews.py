import pytest

from tests.clips.rows import make_chatter, make_clip, make_team, on_air
from tests.factories import NOW
from vigie.clips.filenames import DEFAULT, BadTemplate
from vigie.clips.previews import preview_of, previews


def test_a_template_is_shown_on_an_example_and_on_what_means_harm() -> None:
    example, hostile = previews("{channel}/{chatter}_{trigger}_{seq}", NOW)

    assert (example.label, example.name) == ("For example", "moonlit/anna_92_clip it_0007.mp4")
    assert hostile.label == "Of a hostile name"
    assert hostile.name.startswith("_CON/_.._gpj.exe_")
    assert not any(sign in hostile.name for sign in '<>"|\\\N{NULL}\N{RIGHT-TO-LEFT OVERRIDE}')
    assert all(len(part.encode()) <= 180 for part in hostile.name.split("/"))


def test_what_is_no_template_has_no_preview() -> None:
    with pytest.raises(BadTemplate):
        previews("{nobody}", NOW)


@pytest.mark.django_db
def test_a_clip_is_shown_under_the_name_it_would_have() -> None:
    team = make_team()
    clip = make_clip(on_air(team), author=make_chatter(team), trigger="clip it")

    assert [one.name for one in preview_of(clip, DEFAULT)] == ["anna_92_clip it_20260105T100100.000Z.mp4"]
    assert [one.name for one in preview_of(clip, "{channel}/{seq}")] == ["moonlit/0001.mp4"]
