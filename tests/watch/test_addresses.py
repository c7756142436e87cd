import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.watch.addresses import BadAddress, Flaw, Place, name_of, page_of, place_of, web_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://live.example.org/42", "https://live.example.org/42"),
        ("  https://live.example.org/42\n", "https://live.example.org/42"),
        ("live.example.org/42", "https://live.example.org/42"),
        ("localhost:9000/a.m3u8", "https://localhost:9000/a.m3u8"),
        ("HTTPS://Live.Example.ORG/Path", "https://live.example.org/Path"),
        ("https://live.example.org", "https://live.example.org/"),
        ("https://live.example.org:443/a", "https://live.example.org/a"),
        ("http://live.example.org:8080/a", "http://live.example.org:8080/a"),
        ("https://live.example.org/a?b=c&d#e", "https://live.example.org/a?b=c&d"),
        ("https://chaîne.example/é", "https://xn--chane-7sa.example/é"),
        ("https://[2001:DB8::1]:8443/a", "https://[2001:db8::1]:8443/a"),
        ("rtmp://live.example.org/app/key", "rtmp://live.example.org/app/key"),
        ("rtmp://live.example.org:1935/app", "rtmp://live.example.org/app"),
        ("srt://live.example.org:9710?mode=caller", "srt://live.example.org:9710?mode=caller"),
    ],
)
def test_web_address_has_one_form(text: str, expected: str) -> None:
    assert web_address(text) == expected


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", Flaw.EMPTY),
        ("   ", Flaw.EMPTY),
        ("https://live.example.org/a b", Flaw.UNFIT),
        ("https://live.example.org/\u202ea", Flaw.UNFIT),
        ("https://live.exa\u200bmple.org/", Flaw.UNFIT),
        ("https:\\\\live.example.org", Flaw.UNFIT),
        ("file:///etc/passwd", Flaw.SCHEME),
        ("javascript:alert(1)", Flaw.SCHEME),
        ("data:text/html,hello", Flaw.SCHEME),
        ("ftp://live.example.org/a", Flaw.SCHEME),
        ("/etc/passwd", Flaw.HOST),
        ("https://lea:secret@live.example.org/", Flaw.CREDENTIALS),
        ("https://lea@live.example.org/", Flaw.CREDENTIALS),
        ("https:///nowhere", Flaw.HOST),
        ("https://a\u00b4b.example/", Flaw.HOST),
        ("https://a<b.example/", Flaw.HOST),
        ("https://[2001:db8::1", Flaw.HOST),
        ("https://live.example.org:port/", Flaw.HOST),
        (f"https://{'a' * 64}.example/", Flaw.HOST),
        ("https://live.example.org/" + "a" * 500, Flaw.TOO_LONG),
    ],
)
def test_web_address_refuses_what_is_none(text: str, flaw: Flaw) -> None:
    with pytest.raises(BadAddress) as refused:
        web_address(text)

    assert refused.value.flaw == flaw


def test_a_refusal_says_what_and_what_to_do() -> None:
    with pytest.raises(BadAddress, match=r"'ftp://a/' cannot be watched \(scheme\): give the web address"):
        web_address("ftp://a/")


@given(st.text(max_size=80))
def test_web_address_of_its_own_result_is_the_same(text: str) -> None:
    try:
        address = web_address(text)
    except BadAddress:
        return

    assert web_address(address) == address
    assert len(address) <= 500


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://live.example.org/le-plateau", "le-plateau"),
        ("https://live.example.org/le-plateau/", "le-plateau"),
        ("https://live.example.org/hls/master.m3u8?x=1", "master"),
        ("https://live.example.org/", "live.example.org"),
        ("https://live.example.org/" + "a" * 200, "a" * 120),
    ],
)
def test_name_of_is_the_last_part_else_the_host(address: str, name: str) -> None:
    assert name_of(Place("web", address)) == name


@pytest.mark.parametrize(
    ("text", "platform", "place"),
    [
        ("@Camille.Live_9", "", Place("tiktok", "camille.live_9")),
        ("camille.live_9", "tiktok", Place("tiktok", "camille.live_9")),
        ("6812345678901234567", "tiktok", Place("tiktok", "6812345678901234567", "6812345678901234567")),
        ("https://www.tiktok.com/@camille/live?lang=fr", "", Place("tiktok", "camille")),
        ("tiktok.com/@Camille", "", Place("tiktok", "camille")),
        ("m.tiktok.com/@camille#a", "tiktok", Place("tiktok", "camille")),
        ("https://www.twitch.tv/Camille_TV", "", Place("twitch", "camille_tv")),
        ("twitch.tv/camille/videos", "", Place("twitch", "camille")),
        ("https://www.twitch.tv/popout/camille/chat?popout=", "", Place("twitch", "camille")),
        ("@camille", "twitch", Place("twitch", "camille")),
        ("12345", "twitch", Place("twitch", "12345")),
        ("live.example.org/a", "", Place("web", "https://live.example.org/a")),
        ("localhost:9000/a.m3u8", "web", Place("web", "https://localhost:9000/a.m3u8")),
        ("https://www.twitch.tv/camille", "web", Place("web", "https://www.twitch.tv/camille")),
    ],
)
def test_place_of_is_one_form_of_what_people_paste(text: str, platform: str, place: Place) -> None:
    assert place_of(text, platform) == place


@pytest.mark.parametrize(
    ("text", "platform", "flaw"),
    [
        ("", "", Flaw.EMPTY),
        ("@", "tiktok", Flaw.EMPTY),
        ("camille", "", Flaw.PLATFORM),
        ("ca mille", "tiktok", Flaw.UNFIT),
        ("@cam\u200bille", "", Flaw.UNFIT),
        ("@camille\U0001f600", "", Flaw.HANDLE),
        ("@camille.", "", Flaw.HANDLE),
        ("@\u0661\u0662\u0663\u0664\u0665\u0666", "", Flaw.HANDLE),  # digits, and not those of an account's number
        ("x" * 30, "twitch", Flaw.HANDLE),
        ("caf\u00e9", "twitch", Flaw.HANDLE),
        ("https://www.tiktok.com/foryou", "", Flaw.ACCOUNT),
        ("https://www.tiktok.com", "", Flaw.ACCOUNT),
        ("https://vm.tiktok.com/ZMabc123/", "", Flaw.ACCOUNT),
        ("https://vt.tiktok.com/ZSabc123/", "tiktok", Flaw.ACCOUNT),
        ("https://www.twitch.tv/directory/all", "", Flaw.ACCOUNT),
        ("https://youtube.com/@camille", "tiktok", Flaw.HANDLE),
        ("https://www.twitch.tv/camille", "tiktok", Flaw.HANDLE),
    ],
)
def test_place_of_says_what_is_wrong(text: str, platform: str, flaw: Flaw) -> None:
    with pytest.raises(BadAddress) as caught:
        place_of(text, platform)
    assert caught.value.flaw is flaw


@given(st.text(), st.sampled_from(["", "web", "tiktok", "twitch"]))
def test_place_of_is_stable_and_never_surprised(text: str, platform: str) -> None:
    try:
        place = place_of(text, platform)
    except BadAddress:
        return
    assert place_of(place.address, place.platform) == place


@pytest.mark.parametrize(
    ("platform", "address", "page"),
    [
        ("web", "https://live.example.org/a", "https://live.example.org/a"),
        ("web", "rtmp://live.example.org/a", ""),
        ("tiktok", "camille", "https://www.tiktok.com/@camille"),
        ("tiktok", "6784563456", ""),  # only the number is known yet
        ("twitch", "camille", "https://www.twitch.tv/camille"),
    ],
)
def test_page_of_a_channel_is_what_a_browser_opens(platform: str, address: str, page: str) -> None:
    assert page_of(platform, address) == page
