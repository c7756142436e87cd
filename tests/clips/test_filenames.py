"""Names of clips: whatever chatters are called, every system takes the name, and it stays where it belongs."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vigie.clips.filenames import (
    DEFAULT,
    EXAMPLE,
    FIELDS,
    NAME_BYTES,
    PATH_CHARACTERS,
    BadTemplate,
    ClipValues,
    Flaw,
    Template,
    collision_key,
    numbered,
)
from vigie.clips.models import Clip

HOSTILE = (
    "con",
    "COM¹.txt",
    "LPT0 .mp4",
    "conin$",
    "..",
    "../../etc/passwd",
    "-rf",
    "~root",
    "a:b|c?",
    "\u202egnp.exe",
    "x\0y\n",
    "\ud800",
    "\u3164",
    "e\u0301",
    "\u0301",
    "🧜🏽‍♀️" * 30,
    "e" + "\u0301" * 200,
    "é" * 200,
    "\u226e<\u0338",
    " . ",
)
DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"} | {
    port + digit for port in ("COM", "LPT") for digit in "0123456789¹²³"
}
TEXTS = st.text() | st.sampled_from(HOSTILE) | st.lists(st.sampled_from(HOSTILE)).map("".join)
VALUES = st.builds(
    ClipValues,
    channel=TEXTS,
    chatter=TEXTS,
    trigger=TEXTS,
    at=st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- hypothesis adds the zone
    zone=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
    seq=st.integers(0, 10**9),
    score=st.none() | st.floats(0, 1),
    viewers=st.none() | st.integers(0, 10**8),
)
PIECES = st.sampled_from([f"{{{field}}}" for field in FIELDS]) | st.sampled_from(["_", "-", "/", ".", "com", "e", " "])
WRITTEN = st.lists(PIECES | st.text(max_size=8), max_size=20).map("".join)


def parsed(text: str) -> Template | None:
    try:
        return Template.parse(text)
    except BadTemplate:
        return None


TEMPLATES = WRITTEN.map(parsed).filter(lambda template: template is not None)


def refusals(part: str) -> list[str]:
    """Return why some system does not take a part of a path: the rules as the vendors write them."""
    rules = {
        "empty": not part,
        "ext4, APFS: 255 bytes": len(part.encode(errors="surrogatepass")) > 255,
        "ours: 180 bytes": len(part.encode(errors="surrogatepass")) > NAME_BYTES,
        "POSIX": part in {".", ".."} or "/" in part or "\0" in part,
        "Windows: reserved signs": any(sign in '<>:"/\\|?*' or ord(sign) < 32 for sign in part),
        "Windows: ends in a dot or a space": part.endswith((".", " ")),
        "Windows: a device": part.partition(".")[0].rstrip(" ").upper() in DEVICES,
        "APFS: no UTF-8, or no character": any(unicodedata.category(sign) in {"Cs", "Cn"} for sign in part),
        "deceives": any(unicodedata.category(sign) in {"Cc", "Cf", "Co"} for sign in part),
        "hidden, or read as an option": part.startswith((".", " ", "-", "~")),
        "not in one form": not unicodedata.is_normalized("NFC", part),
    }
    return [rule for rule, is_broken in rules.items() if is_broken]


@given(template=TEMPLATES, values=VALUES)
@example(template=Template.parse("{chatter}"), values=replace(EXAMPLE, chatter="CON"))
@example(template=Template.parse("com{viewers}/lpt0"), values=replace(EXAMPLE, viewers=1))
@example(template=Template.parse("e{chatter}"), values=replace(EXAMPLE, chatter="\u0301"))
@example(template=Template.parse(" - /~x./{score}"), values=EXAMPLE)
def test_every_system_takes_every_name(template: Template, values: ClipValues) -> None:
    name = template.name(values)

    assert [(part, refusals(part)) for part in name.split("/") if refusals(part)] == []
    assert name.endswith(".mp4")
    assert len(name.split("/")) == len(template.parts)


@given(template=TEMPLATES, values=VALUES)
def test_names_come_back_from_the_file_system_as_they_were_and_never_leave_the_folder(
    template: Template, values: ClipValues
) -> None:
    name = template.name(values)

    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        found = [each.relative_to(folder).as_posix() for each in Path(folder).rglob("*") if each.is_file()]

    assert found == [name]
    assert path.resolve().is_relative_to(Path(folder).resolve())


@given(template=TEMPLATES, values=VALUES, number=st.integers(2, 10**6))
def test_numbered_names_are_as_safe_and_in_the_same_folder(template: Template, values: ClipValues, number: int) -> None:
    name = template.name(values)

    other = numbered(name, number)

    assert [refusals(part) for part in other.split("/") if refusals(part)] == []
    assert other.rpartition("/")[0] == name.rpartition("/")[0]
    assert other.endswith(f"-{number}.mp4")


@given(text=st.text() | WRITTEN)
def test_a_template_is_read_or_refused_in_one_line(text: str) -> None:
    told = ""
    try:
        Template.parse(text)
    except BadTemplate as error:
        told = str(error)

    assert told.isprintable()


@pytest.mark.parametrize(
    ("text", "flaw", "what"),
    [
        ("", Flaw.EMPTY, ""),
        ("  ", Flaw.EMPTY, ""),
        (".mp4", Flaw.EMPTY, ""),
        ("x" * 201, Flaw.TOO_LONG, ""),
        ("\ufb2c" * 67, Flaw.TOO_LONG, ""),
        ("e\u0301" * 101, Flaw.TOO_LONG, ""),
        ("x" * 197 + ".mp4", Flaw.TOO_LONG, ""),
        ("{chatter", Flaw.BRACE, "{chatter"),
        ("{chatter}}", Flaw.BRACE, "{chatter}}"),
        ("{{chatter}", Flaw.BRACE, "{{chatter}"),
        ("{user}_{ts}", Flaw.FIELD, "{user}"),
        ("{}", Flaw.FIELD, "{}"),
        ("{chatter name}", Flaw.FIELD, "{chatter name}"),
        ("{ts:%H}", Flaw.FIELD, "{ts:%H}"),
        ("{chatter}: {ts}", Flaw.SIGN, ":"),
        ("{chatter}\\{ts}", Flaw.SIGN, "\\"),
        ("a\tb", Flaw.SIGN, "\t"),
        ("a\u202eb", Flaw.SIGN, "\u202e"),
        ("/var/{ts}", Flaw.ABSOLUTE, "/"),
        ("~/{ts}", Flaw.ABSOLUTE, "~"),
        ("C:\\clips\\{ts}", Flaw.ABSOLUTE, "C:\\"),
        ("\\\\nas\\{ts}", Flaw.ABSOLUTE, "\\\\"),
        ("../{ts}", Flaw.FOLDER, ".."),
        ("{channel}/../{ts}", Flaw.FOLDER, ".."),
        ("{channel}/. ./{ts}", Flaw.FOLDER, ". ."),
        ("{channel}//{ts}", Flaw.FOLDER, ""),
        ("{channel}/", Flaw.FOLDER, ""),
    ],
)
def test_a_bad_template_says_what_is_bad_about_it(text: str, flaw: Flaw, what: str) -> None:
    with pytest.raises(BadTemplate, match=re.escape(repr(what)) if what else "Clips cannot be named") as caught:
        Template.parse(text)

    assert (caught.value.flaw, caught.value.what) == (flaw, what)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        (DEFAULT, "anna_92_clip it_20260105T201530.123Z.mp4"),
        ("{channel}/{date}/{time} {seq}", "moonlit/2026-01-05/20-15-30 0007.mp4"),
        ("{score} {viewers}.mp4", "0.87 1234.mp4"),
        ("live {channel}", "live moonlit.mp4"),
        (".{channel}. /.{seq}.", "moonlit/0007.mp4"),
    ],
)
def test_a_template_previews_as_it_names(template: str, name: str) -> None:
    assert Template.parse(template).name(EXAMPLE) == name


@pytest.mark.parametrize(
    ("chatter", "said"),
    [
        ("", "none"),
        (" .. ", "none"),
        ("\u200b\u3164", "none"),
        ("a/b\\c", "a_b_c"),
        ('<>:"|?*', "_______"),
        ("../../etc", "_.._etc"),
        ("-rf", "_rf"),
        ("~root", "_root"),
        ("CON", "_CON"),
        ("nul.mp4", "_nul.mp4"),
        ("com²", "_com²"),
        ("LPT0 .x", "_LPT0 .x"),
        ("console", "console"),
        ("\u202eexe.gpj", "exe.gpj"),
        ("a\r\nb\u00a0\u3000c", "a b c"),
        ("e\u0301\u200b", "é"),
        ("e\u200b\u0301", "é"),
        ("\ud800\ue000\ufffe!", "!"),
        ("Zoé 🎬", "Zoé 🎬"),
        ("e" * 100, "e" * 80),
        ("é" * 100, "é" * 40),
        ("x" * 79 + "é", "x" * 79),
        ("x" * 78 + "q\u0303", "x" * 78),
        ("x" * 79 + " y", "x" * 79),
    ],
)
def test_what_a_chatter_is_called_is_made_fit_for_a_name(chatter: str, said: str) -> None:
    assert Template.parse("{chatter}").name(replace(EXAMPLE, chatter=chatter)) == f"{said}.mp4"


def test_a_letter_with_more_accents_than_fit_loses_some() -> None:
    name = Template.parse("{chatter}").name(replace(EXAMPLE, chatter="q" + "\u0303" * 200))

    assert name == "q" + "\u0303" * 39 + ".mp4"


def test_what_is_not_known_is_said_so() -> None:
    values = replace(EXAMPLE, score=None, viewers=None)

    assert Template.parse("{score}-{viewers}").name(values) == "none-none.mp4"


def test_days_are_of_the_zone_and_the_stamp_is_of_utc() -> None:
    at = datetime(2026, 11, 22, 23, 30, 5, 999_999, UTC)
    values = replace(EXAMPLE, at=at, zone=ZoneInfo("Europe/Paris"))

    assert Template.parse("{date} {time} {ts}").name(values) == "2026-11-23 00-30-05 20261122T233005.999Z.mp4"


def test_long_values_share_the_room_and_the_stamp_stays_whole() -> None:
    values = replace(EXAMPLE, channel="c" * 90, chatter="h" * 90, trigger="go")

    name = Template.parse("{channel} {chatter} {trigger} {ts}").name(values)

    assert name == f"{'c' * 75} {'h' * 75} go 20260105T201530.123Z.mp4"
    assert len(name) <= NAME_BYTES < len(name) + 2


def test_a_template_of_more_text_than_a_name_takes_is_cut() -> None:
    name = Template.parse("x" * 200).name(EXAMPLE)

    assert name == "x" * 176 + ".mp4"


@pytest.mark.parametrize("text", ["/".join(["{chatter}"] * 20), "/".join(["{ts}"] * 40), "/".join("x" * 100)])
def test_many_folders_share_the_room_that_a_row_has(text: str) -> None:
    template, values = Template.parse(text), replace(EXAMPLE, chatter="h" * 90)

    name = template.name(values)

    assert len(name) <= PATH_CHARACTERS < (Clip._meta.get_field("name").max_length or 0)
    assert [part for part in name.split("/") if refusals(part)] == []
    assert len(name.split("/")) == len(template.parts)


def test_a_folder_that_is_cut_ends_in_no_space() -> None:
    name = Template.parse("x" * 179 + " y/{seq}").name(EXAMPLE)

    assert name == "x" * 179 + "/0007.mp4"


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("a.mp4", "a-2.mp4"),
        ("a/b.c.mp4", "a/b.c-2.mp4"),
        ("x" * 176 + ".mp4", "x" * 174 + "-2.mp4"),
        ("é" * 88 + ".mp4", "é" * 87 + "-2.mp4"),
    ],
)
def test_a_taken_name_is_numbered_within_the_limits(name: str, other: str) -> None:
    assert numbered(name, 2) == other


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Anna.mp4", "aNNA.MP4", True),
        ("é.mp4", "e\u0301.mp4", True),
        ("É.mp4", "e\u0301.mp4", True),
        ("straße", "STRASSE", True),
        ("anna", "anna-2", False),
        ("é", "e", False),
    ],
)
def test_names_collide_where_some_system_takes_them_for_the_same(one: str, other: str, *, is_same: bool) -> None:
    assert (collision_key(one) == collision_key(other)) is is_same


@given(text=st.text())
def test_a_name_collides_with_itself_however_it_is_composed(text: str) -> None:
    forms = {collision_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}

    assert forms == {collision_key(text)}
