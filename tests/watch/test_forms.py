import pytest
from django.http import QueryDict
from django.utils import translation

from tests.factories import make_channel, make_membership
from vigie.watch.addresses import Flaw, Place
from vigie.watch.forms import FLAWS, ChannelForm, HistoryForm, LabelForm
from vigie.watch.operations import Label
from vigie.watch.queries import Wanted


def test_channel_form_normalizes_the_address() -> None:
    form = ChannelForm({"address": "Live.example.org/a", "name": "A", "language": "fr"})

    assert form.is_valid()
    assert (form.place(), form.label()) == (Place("web", "https://live.example.org/a"), Label("A", "fr"))


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
    assert (form.place(), form.label().name) == (place, f"@{place.address}")


def test_channel_form_asks_for_the_platform_where_nothing_says_it() -> None:
    form = ChannelForm({"address": "camille", "name": "", "language": "fr"})

    assert form.errors == {"platform": [str(FLAWS[Flaw.PLATFORM])]}


def test_channel_form_takes_a_missing_name_from_the_address() -> None:
    form = ChannelForm({"address": "https://live.example.org/plateau", "name": "", "language": "en"})

    assert form.is_valid()
    assert form.label() == Label("plateau", "en")


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
