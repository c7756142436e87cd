from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.callers import Caller, make_caller, refusal, said
from tests.clips.rows import make_clip, make_firing, make_obs, make_team, on_air
from vigie.clips.models import Clip, ClipState, ObsInstance, ObsState, Poster
from vigie.events import Acted
from vigie.people.models import Role
from vigie.runtime import clock
from vigie.runtime.sealing import seal, unseal
from vigie.simulators.obs import ObsServer
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return make_caller(workspace=make_team())


@pytest.fixture
def live_now(caller: Caller) -> Live:
    """A live that began 100 s ago."""
    return on_air(caller.workspace, started_at=clock.now() - timedelta(seconds=100))


def verbs(acts: list[Acted]) -> list[str]:
    return [act.verb for act in acts if act.verb.startswith(("clip", "obs"))]


# ── clips ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clip_is_told_with_its_facts(caller: Caller) -> None:
    live = on_air(caller.workspace)
    clip = make_clip(live, title="Oh", tags=["fun"], note="see", is_kept=True)

    told = caller.get(f"clips/{clip.pk}")

    assert told == {
        "id": clip.pk,
        "number": 1,
        "state": "verified",
        "reason": "",
        "origin": "server",
        "live": live.pk,
        "channel": live.channel_id,
        "rule": None,
        "requested_at": "2026-01-05T10:01:00Z",
        "saved_at": "2026-01-05T10:01:11Z",
        "at_s": 60.0,
        "from_s": 30.0,
        "to_s": 70.0,
        "starts_s": 29.5,
        "duration_s": 40.5,
        "size_bytes": 5,
        "width": 720,
        "height": 1280,
        "sha256": "0" * 64,
        "name": "clip 0001.mp4",
        "title": "Oh",
        "note": "see",
        "tags": ["fun"],
        "trigger": "clip it",
        "score": None,
        "viewers": None,
        "kept": True,
        "held": False,
        "has_file": True,
    }
    assert caller.get("clips") == {"items": [told], "next": None}


def test_clips_are_looked_for(caller: Caller) -> None:
    live, other = on_air(caller.workspace), on_air(caller.workspace)
    firing = make_firing(live)
    made = [
        make_clip(live, firing=firing, title="A dance").pk,
        make_clip(other, tags=["été"], is_kept=True).pk,
        make_clip(other, ClipState.FAILED, is_held=True).pk,
    ]
    make_clip()  # of others

    def found(query: str) -> list[int]:
        return [made.index(item["id"]) for item in caller.get(f"clips?{query}")["items"]]

    assert found("") == [2, 1, 0]
    assert found("words=DANCE") == [0]
    assert found(f"channel={other.channel_id}") == [2, 1]
    assert found(f"live={live.pk}") == [0]
    assert found(f"rule={firing.version.rule.number}") == [0]
    assert found("tag=été") == [1]
    assert found("kept=kept") == [1]
    assert found("kept=held") == [2]
    assert found("state=failed") == [2]
    assert found("since=2026-01-06") == []
    assert found("until=2026-01-05&limit=2") == [2, 1]
    assert refusal(caller.ask("GET", "clips?state=lost"))[0] == 400
    assert refusal(caller.ask("GET", "clips?words=%00"))[0] == 400


def test_clips_come_by_pages(caller: Caller) -> None:
    live = on_air(caller.workspace)
    made = [make_clip(live).pk for _ in range(3)]

    first = caller.get("clips?limit=2")
    second = caller.get(f"clips?limit=2&after={first['next']}")

    assert [item["id"] for item in first["items"] + second["items"]] == made[::-1]


def test_the_last_seconds_of_a_live_become_a_clip(caller: Caller, live_now: Live, acts: list[Acted]) -> None:
    made = caller.post("clips", {"live": live_now.pk, "seconds": 20})

    assert (made["state"], made["live"], made["origin"]) == ("requested", live_now.pk, "server")
    assert made["to_s"] - made["from_s"] == pytest.approx(20)
    assert made["at_s"] == made["to_s"] >= 100
    assert verbs(acts) == ["clip.requested"]


def test_a_stretch_of_a_live_becomes_a_clip(caller: Caller, live_now: Live) -> None:
    made = caller.post("clips", {"live": live_now.pk, "from_s": 50, "to_s": 130.5})

    assert (made["from_s"], made["to_s"]) == (50, 130.5)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "give seconds, or from_s and to_s."),
        ({"seconds": 10, "from_s": 1, "to_s": 2}, "give seconds, or from_s and to_s."),
        ({"from_s": 1}, "give seconds, or from_s and to_s."),
        ({"from_s": 20, "to_s": 10}, "a clip lasts 10 minutes at most, and ends after it starts."),
        ({"from_s": 0, "to_s": 601}, "a clip lasts 10 minutes at most, and ends after it starts."),
        ({"from_s": 10_000, "to_s": 10_010}, "This moment is more than ten minutes away."),
        ({"seconds": 0}, "seconds: Input should be greater than 0."),
        ({"seconds": 601}, "seconds: Input should be less than or equal to 600."),
        ({"from_s": -1, "to_s": 2}, "from_s: Input should be greater than or equal to 0."),
    ],
)
def test_what_is_no_stretch_gets_one_line(
    caller: Caller, live_now: Live, wanted: dict[str, object], words: str
) -> None:
    assert refusal(caller.ask("POST", "clips", {"live": live_now.pk, **wanted})) == (400, words)
    assert not Clip.objects.exists()


def test_a_moment_that_nobody_keeps_is_refused(caller: Caller) -> None:
    live = on_air(caller.workspace, started_at=clock.now() - timedelta(days=1))

    status, words = refusal(caller.ask("POST", "clips", {"live": live.pk, "from_s": 1, "to_s": 5}))

    assert (status, words) == (409, "This moment of the live is not kept any more.")


def test_a_live_of_others_is_not_there(caller: Caller) -> None:
    assert refusal(caller.ask("POST", "clips", {"live": on_air().pk, "seconds": 5}))[0] == 404


def test_a_clip_is_changed_as_far_as_is_said(caller: Caller, acts: list[Acted]) -> None:
    clip = make_clip(on_air(caller.workspace), title="Old", note="stays")

    changed = said(caller.ask("PATCH", f"clips/{clip.pk}", {"title": "New", "tags": ["#fun", "Fun"], "kept": True}))

    assert (changed["title"], changed["tags"], changed["note"], changed["kept"]) == ("New", ["fun"], "stays", True)
    assert verbs(acts) == ["clip.changed", "clip.kept"]
    assert said(caller.ask("PATCH", f"clips/{clip.pk}", {})) == changed


@pytest.mark.parametrize(
    "wanted", [{"tags": ["x"] * 3 + [str(n) for n in range(20)]}, {"title": "x" * 201}, {"seq": 1}]
)
def test_nonsense_changes_nothing(caller: Caller, wanted: dict[str, object]) -> None:
    clip = make_clip(on_air(caller.workspace))

    assert refusal(caller.ask("PATCH", f"clips/{clip.pk}", wanted))[0] == 400
    assert caller.get(f"clips/{clip.pk}")["title"] == ""


def test_a_clip_is_deleted(caller: Caller, acts: list[Acted]) -> None:
    clip = make_clip(on_air(caller.workspace))

    assert caller.ask("DELETE", f"clips/{clip.pk}").status_code == 204

    assert refusal(caller.ask("GET", f"clips/{clip.pk}"))[0] == 404
    assert verbs(acts) == ["clip.removed"]


def test_a_held_clip_stays(caller: Caller) -> None:
    clip = make_clip(on_air(caller.workspace), is_held=True)

    status, words = refusal(caller.ask("DELETE", f"clips/{clip.pk}"))

    assert (status, words) == (409, "This clip is held: nobody deletes it. Release it first.")


# ── its file ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_comes_whole_and_is_accounted_for(caller: Caller, acts: list[Acted]) -> None:
    clip = make_clip(on_air(caller.workspace), content=b"0123456789")

    answer: Any = caller.ask("GET", f"clips/{clip.pk}/file")

    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"0123456789")
    assert answer["Content-Type"] == "video/mp4"
    assert 'filename="clip 0001.mp4"' in answer["Content-Disposition"]
    assert verbs(acts) == ["clip.downloaded"]


def test_the_file_comes_in_parts_and_is_accounted_for(caller: Caller, acts: list[Acted]) -> None:
    clip = make_clip(on_air(caller.workspace), content=b"0123456789")

    answer: Any = caller.ask("GET", f"clips/{clip.pk}/file", Range="bytes=2-4")

    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"234")
    assert answer["Content-Range"] == "bytes 2-4/10"
    assert verbs(acts) == ["clip.seen"]


def test_a_file_that_comes_from_its_beginning_is_a_download(caller: Caller, acts: list[Acted]) -> None:
    clip = make_clip(on_air(caller.workspace), content=b"0123456789")

    answer: Any = caller.ask("GET", f"clips/{clip.pk}/file", Range="bytes=0-")

    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"0123456789")
    assert verbs(acts) == ["clip.downloaded"]


def test_a_clip_without_a_file_has_none(caller: Caller) -> None:
    clip = make_clip(on_air(caller.workspace), ClipState.REQUESTED)

    assert refusal(caller.ask("GET", f"clips/{clip.pk}/file"))[0] == 404
    assert refusal(caller.ask("GET", f"clips/{clip.pk}/poster"))[0] == 404


def test_a_clip_comes_with_its_picture(caller: Caller) -> None:
    clip = make_clip(on_air(caller.workspace))
    Poster.objects.create(clip=clip, jpeg=b"a picture")

    answer = caller.ask("GET", f"clips/{clip.pk}/poster")

    assert (answer.content, answer["Content-Type"]) == (b"a picture", "image/jpeg")


# ── OBS ────────────────────────────────────────────────────────────────────────────────────────────────────────────

OBS = {"name": "Studio", "host": "obs.example.org", "port": 4456, "password": "s3cret"}


def test_an_obs_is_added_and_its_password_is_never_told(caller: Caller, acts: list[Acted]) -> None:
    added = caller.post("obs", OBS)

    obs = ObsInstance.objects.get()
    assert unseal(obs.sealed_password) == "s3cret"
    assert added == {
        "id": obs.pk,
        "name": "Studio",
        "host": "obs.example.org",
        "port": 4456,
        "path_map": "",
        "starts_buffer": True,
        "is_used": True,
        "has_password": True,
        "state": "connecting",
        "reason": "",
        "version": "",
        "checked_at": None,
    }
    assert caller.get("obs") == {"items": [added]}
    assert "s3cret" not in str(acts)
    assert verbs(acts) == ["obs.added"]


@pytest.mark.parametrize(
    ("password", "kept"), [({}, "s3cret"), ({"password": "other"}, "other"), ({"password": ""}, None)]
)
def test_an_obs_is_changed(caller: Caller, password: dict[str, str], kept: str | None) -> None:
    pk = caller.post("obs", OBS)["id"]

    changed = said(caller.ask("PUT", f"obs/{pk}", {"name": "Loft", "is_used": False, **password}))

    sealed = ObsInstance.objects.get().sealed_password
    assert (changed["name"], changed["host"], changed["state"]) == ("Loft", "127.0.0.1", "off")
    assert (unseal(sealed) if sealed else None) == kept


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"name": " "},
        {**OBS, "port": 0},
        {**OBS, "host": ""},
        {**OBS, "host": "a\0b"},
        {**OBS, "path_map": "nowhere"},
    ],
)
def test_what_is_no_obs_gets_one_line(caller: Caller, wanted: dict[str, object]) -> None:
    assert refusal(caller.ask("POST", "obs", wanted))[0] == 400
    assert not ObsInstance.objects.exists()


def test_an_obs_is_on_the_list_once(caller: Caller) -> None:
    caller.post("obs", OBS)

    assert refusal(caller.ask("POST", "obs", OBS)) == (400, "name: Another OBS is called so.")
    same = {**OBS, "name": "Other"}
    assert refusal(caller.ask("POST", "obs", same)) == (400, "“Studio” is this OBS already.")


def test_an_obs_is_tried_out(caller: Caller, server: ObsServer, acts: list[Acted]) -> None:
    host, port = server.address
    obs = make_obs(caller.workspace, host=host, port=port, sealed_password=seal(server.password))

    found = caller.post(f"obs/{obs.pk}/test")

    assert found == {"is_there": True, "version": found["version"], "replay_is_active": True, "trouble": ""}
    assert found["version"]
    assert verbs(acts) == ["obs.tested"]


def test_an_obs_that_refuses_says_why(caller: Caller, server: ObsServer) -> None:
    host, port = server.address
    obs = make_obs(caller.workspace, host=host, port=port, sealed_password=seal("wr0ng"))

    found = caller.post(f"obs/{obs.pk}/test")

    assert (found["is_there"], found["version"], found["replay_is_active"]) == (False, "", False)
    assert "the password is wrong" in found["trouble"]


def test_an_obs_is_removed(caller: Caller) -> None:
    obs = make_obs(caller.workspace)

    assert caller.ask("DELETE", f"obs/{obs.pk}").status_code == 204

    assert caller.get("obs") == {"items": []}
    assert refusal(caller.ask("DELETE", f"obs/{obs.pk}"))[0] == 404
    assert ObsInstance.objects.get().state == ObsState.OFF


@pytest.mark.parametrize("path", ["clips", "obs"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long(
    caller: Caller, path: str, count: int, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    live = on_air(caller.workspace)
    for number in range(count):
        make_clip(live, firing=make_firing(live))
        make_obs(caller.workspace, f"studio {number}")

    with django_assert_max_num_queries(14):
        assert len(caller.get(path)["items"]) == count


def test_whoever_makes_clips_does_not_delete_them() -> None:
    caller = make_caller(workspace=make_team(), role=Role.MODERATOR)
    clip = make_clip(on_air(caller.workspace))

    assert said(caller.ask("PATCH", f"clips/{clip.pk}", {"title": "x"}))["title"] == "x"
    assert refusal(caller.ask("DELETE", f"clips/{clip.pk}"))[0] == 403
