from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.clips.pages import address, said, shown, verbs
from tests.clips.rows import editor, make_clip
from vigie.clips.models import Clip, ClipSettings
from vigie.people.models import Membership, Preset
from vigie.runtime import clock
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db

USUAL = {"template": "{chatter}_{ts}", "before_s": "30", "after_s": "10", "keep_days": "", "keep_gigabytes": ""}


def aged(live: Live, days: float, **fields: Any) -> Clip:
    """Return a clip that was saved so many days ago."""
    clip = make_clip(live, **fields)
    Clip.objects.filter(pk=clip.pk).update(saved_at=clock.now() - timedelta(days=days))
    return clip


def test_settings_show_what_is_usual_and_what_follows(client: Client, supervisor: Membership, live: Live) -> None:
    make_clip(live, content=bytes(2_000_000))

    page = shown(client, "clip-settings", supervisor)

    assert 'value="{chatter}_{trigger}_{ts}"' in page
    assert "anna_92_clip it_" in page
    assert "Of a hostile name" in page
    assert "2.0 MB used" in page
    assert "Nothing is deleted by itself." in page


def test_settings_are_changed(client: Client, supervisor: Membership) -> None:
    fields = USUAL | {"template": "{channel}/{seq}", "keep_days": "30", "keep_gigabytes": "1.5"}

    answer = client.post(address("clip-settings", supervisor), fields, follow=True)

    saved = ClipSettings.objects.get()
    assert said(answer) == ["Saved."]
    assert (saved.template, saved.keep_days, saved.keep_gigabytes) == ("{channel}/{seq}", 30, 1.5)
    assert verbs() == ["clip_settings.saved"]


def test_settings_that_make_no_sense_change_nothing(client: Client, supervisor: Membership) -> None:
    answer = client.post(address("clip-settings", supervisor), USUAL | {"template": "{nobody}"})

    assert (answer.status_code, ClipSettings.objects.count()) == (400, 0)
    assert "There is no field “{nobody}”" in answer.content.decode()


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{channel}_{seq}", "moonlit_0007.mp4"),
        ("", "Write how clips are named."),
        ("{nobody}", "There is no field “{nobody}”"),
        ("<b>", "“<” cannot be in a name"),
    ],
)
def test_a_template_is_shown_while_it_is_typed(
    client: Client, supervisor: Membership, template: str, words: str
) -> None:
    assert words in shown(client, "clip-name-preview", supervisor, template=template)


def test_what_would_go_is_shown_before_it_goes(client: Client, supervisor: Membership, live: Live) -> None:
    old, _new = aged(live, 40, content=bytes(3_000_000)), aged(live, 1)
    kept = aged(live, 40, is_kept=True)

    tonight = shown(client, "clip-keeping-preview", supervisor, keep_days="30", keep_gigabytes="")

    assert "Tonight, 1 clip would go: 3.0 MB." in tonight
    assert "2 clips would stay" in tonight
    assert ", 1 of them protected" in tonight
    assert address("clip", supervisor, old.pk) in tonight
    assert address("clip", supervisor, kept.pk) not in tonight


def test_nothing_goes_where_all_fits(client: Client, supervisor: Membership, live: Live) -> None:
    make_clip(live)

    tonight = shown(client, "clip-keeping-preview", supervisor, keep_days="3650", keep_gigabytes="10")

    assert "Tonight, no clip would go." in tonight


def test_protected_clips_that_do_not_fit_are_told(client: Client, supervisor: Membership, live: Live) -> None:
    Clip.objects.filter(pk=aged(live, 1, is_held=True).pk).update(size_bytes=3_000_000_000)

    tonight = shown(client, "clip-keeping-preview", supervisor, keep_days="", keep_gigabytes="1")

    assert "Protected clips alone take 2.0 GB more than that." in tonight


def test_of_many_that_would_go_the_first_are_named(client: Client, supervisor: Membership, live: Live) -> None:
    for _ in range(10):
        aged(live, 40)

    tonight = shown(client, "clip-keeping-preview", supervisor, keep_days="30")

    assert tonight.count("<li") == 9
    assert "and 2 others" in tonight


def test_whoever_manages_a_public_body_reads_no_titles(client: Client, live: Live, supervisor: Membership) -> None:
    clip = aged(live, 40, title="What was said")
    clip.workspace.preset = Preset.PUBLIC_BODY
    clip.workspace.save()
    client.force_login(editor(clip, "administrator").user)

    tonight = shown(client, "clip-keeping-preview", supervisor, keep_days="30")

    assert "Tonight, 1 clip would go" in tonight
    assert "What was said" not in tonight


def test_limits_that_make_no_sense_are_said(client: Client, supervisor: Membership) -> None:
    assert "errorlist" in shown(client, "clip-keeping-preview", supervisor, keep_days="-3")


@pytest.mark.parametrize("name", ["clip-settings", "clip-name-preview", "clip-keeping-preview"])
def test_whoever_makes_clips_does_not_say_how_long_they_stay(client: Client, moderator: Membership, name: str) -> None:
    assert client.get(address(name, moderator)).status_code == 403
