import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_channel, make_membership
from vigie.watch.addresses import Flaw, Place
from vigie.watch.forms import FLAWS, MOST_AT_ONCE, ChannelForm, ChannelsForm, HistoryForm, LabelForm
from vigie.watch.operations import Label
from vigie.watch.queries import Sought, Wanted


def test_channel_form_normalizes_the_address() -> None:
    form = ChannelForm({"address": "Live.example.org/a", "name": "A", "language": "fr"})

    assert form.is_valid()
    assert form.entries() == [(Place("web", "https://live.example.org/a"), Label("A", "fr"))]


@pytest.mark.parametrize(
    ("address", "platform", "place"),
    [
        ("@Camille.Live", "", Place("tiktok", "camille.live")),
        ("camille", "twitch", Place("twitch", "camille")),
        ("https://www.twitch.tv/Camille", "", Place("twitch", "camille")),
    ],
)
def test_channel_form_takes_accounts(address: str, platform: str, place: Place) -> None:
    form = ChannelForm({"address": address, "platform": platform, "name": "", "language": "fr"})

    assert form.is_valid()
    assert form.entries() == [(place, Label(f"@{place.address}", "fr"))]


def test_channel_form_asks_for_the_platform_where_nothing_says_it() -> None:
    form = ChannelForm({"address": "camille", "name": "", "language": "fr"})

    assert form.errors == {"platform": [str(FLAWS[Flaw.PLATFORM])]}


def test_channel_form_takes_a_missing_name_from_the_address() -> None:
    form = ChannelForm({"address": "https://live.example.org/plateau", "name": "", "language": "en"})

    assert form.is_valid()
    assert form.entries() == [(Place("web", "https://live.example.org/plateau"), Label("plateau", "en"))]


# ── several at once ──


def written(text: str, **fields: str) -> ChannelForm:
    return ChannelForm({"address": text, "name": "", "language": "fr"} | fields)


def test_channel_form_takes_an_address_a_line() -> None:
    form = written("  @camille \r\n\r\nhttps://www.twitch.tv/Jules\nlive.example.org/a\n")

    assert form.is_valid()
    assert form.entries() == [
        (Place("tiktok", "camille"), Label("@camille", "fr")),
        (Place("twitch", "jules"), Label("@jules", "fr")),
        (Place("web", "https://live.example.org/a"), Label("a", "fr")),
    ]


def test_channel_form_tells_the_flaw_of_each_line_and_keeps_what_was_written() -> None:
    text = "\n@camille\n@a b\nfile:///etc/passwd\nnobody\n@Camille"
    form = written(text)

    assert not form.is_valid()
    assert form.errors == {
        "address": [
            f"Line 3: {FLAWS[Flaw.UNFIT]}",
            f"Line 4: {FLAWS[Flaw.SCHEME]}",
            f"Line 5: {FLAWS[Flaw.PLATFORM]}",
            "Line 6: the same as line 2.",
        ]
    }
    assert form["address"].value() == text


def test_channel_form_wants_more_than_empty_lines() -> None:
    assert written(" \n\n").errors == {"address": [str(FLAWS[Flaw.EMPTY])]}


def test_channel_form_takes_a_platform_for_all_lines() -> None:
    form = written("camille\njules", platform="twitch")

    assert form.is_valid()
    assert [place for place, _ in form.entries()] == [Place("twitch", "camille"), Place("twitch", "jules")]


def test_channel_form_gives_no_name_to_several() -> None:
    assert set(written("@camille\n@jules", name="A").errors) == {"name"}


@pytest.mark.parametrize(("lines", "is_valid"), [(MOST_AT_ONCE, True), (MOST_AT_ONCE + 1, False)])
def test_channel_form_takes_a_hundred_lines(lines: int, *, is_valid: bool) -> None:
    form = written("\n".join(f"@camille{number}" for number in range(lines)))

    assert form.is_valid() is is_valid
    assert len(form.entries() if is_valid else []) in {0, MOST_AT_ONCE}


@given(st.text(max_size=300), st.sampled_from(["", "web", "tiktok", "twitch"]))
def test_channel_form_survives_whatever_is_pasted(text: str, platform: str) -> None:
    form = written(text, platform=platform)

    places = [place for place, _ in form.entries()] if form.is_valid() else []

    assert len(places) == len(set(places))
    assert bool(places) == form.is_valid()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("@camille", ["This channel is on the list already."]),
        ("@jules\n@camille", ["Line 2: This channel is on the list already."]),
    ],
)
def test_channel_form_says_which_line_is_on_the_list_already(text: str, lines: list[str]) -> None:
    form = written(text)
    assert form.is_valid()

    form.refuse_known([Place("tiktok", "camille")])

    assert form.errors == {"address": lines}


@pytest.mark.parametrize(
    ("query", "sought"),
    [
        ("", Sought()),
        ("name=cam&platform=tiktok&standing=unknown", Sought("cam", "tiktok", "unknown")),
        ("name=cam&platform=odd&standing=odd&page=3", Sought("cam")),
    ],
)
def test_channels_form_takes_nonsense_for_nothing(query: str, sought: Sought) -> None:
    assert ChannelsForm(QueryDict(query)).sought() == sought


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "a b", "https://u:p@example.org/"])
def test_channel_form_says_in_one_line_what_is_wrong(address: str) -> None:
    form = ChannelForm({"address": address, "name": "", "language": "fr"})

    assert not form.is_valid()
    [line] = form.errors["address"]
    assert line in {str(text) for text in FLAWS.values()}


def test_every_flaw_has_words() -> None:
    assert set(FLAWS) == set(Flaw)


def test_label_form_needs_a_name_and_a_known_language() -> None:
    form = LabelForm({"name": "", "language": "xx"})

    assert set(form.errors) == {"name", "language"}


def test_languages_are_named_in_the_readers() -> None:
    with translation.override("fr"):
        assert ("de", "Allemand") in LabelForm().fields["language"].choices  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_history_form_says_what_is_wanted() -> None:
    member = make_membership()
    channel = make_channel(member.workspace)
    query = QueryDict(f"channel={channel.pk}&state=ended&since=2026-01-02&until=2026-01-03")

    wanted = HistoryForm(member, query).wanted()

    assert (wanted.channel_id, wanted.state) == (channel.pk, "ended")
    assert f"{wanted.since} {wanted.until}" == "2026-01-02 2026-01-03"


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "channel=999&state=odd&since=yesterday", "page=3"])
def test_history_form_takes_nonsense_for_nothing(query: str) -> None:
    assert HistoryForm(make_membership(), QueryDict(query)).wanted() == Wanted()


@pytest.mark.django_db
def test_history_form_does_not_offer_channels_of_others() -> None:
    channel = make_channel()

    assert HistoryForm(make_membership(), QueryDict(f"channel={channel.pk}")).wanted() == Wanted()
