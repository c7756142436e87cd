"""What the demo watches: three servers, lives on air, audiences that do things."""

import httpx

from vigie.people import scopes
from vigie.site.studio import BROADCASTER, READER, TIKTOK_HANDLE, TWITCH_LOGIN, Studio


def test_the_studio_is_on_air_on_every_platform() -> None:
    with Studio() as studio:
        tiktok, twitch = studio.vendors.tiktok, studio.vendors.twitch
        room = httpx.get(f"{tiktok['app_url']}/api-live/user/room/", params={"uniqueId": TIKTOK_HANDLE}).json()
        token, _ = studio.consent()
        headers = {"Authorization": f"Bearer {token.access_token}", "Client-Id": twitch["client_id"]}
        streams = httpx.get(f"{twitch['helix_url']}/streams", params={"user_login": TWITCH_LOGIN}, headers=headers)
        playlist = httpx.get(studio.media.url("tiktok.m3u8"))

    assert room["data"]["liveRoom"]["status"] != 4
    assert [stream["user_login"] for stream in streams.json()["data"]] == [TWITCH_LOGIN]
    assert playlist.text.startswith("#EXTM3U")


def test_the_reader_moderates_the_channel_and_things_happen_there() -> None:
    with Studio() as studio:
        grant, identity = studio.consent()
        asked = {"broadcaster_id": BROADCASTER.user_id, "moderator_id": identity.platform_id}
        headers = {"Authorization": f"Bearer {grant.access_token}", "Client-Id": studio.twitch.client_id}
        studio.follow("emma_reads", "hello")
        studio.sanction("jack_w", "lol")
        followers = httpx.get(f"{studio.vendors.twitch['helix_url']}/channels/followers", params=asked, headers=headers)

    assert "emma_reads" in {row["user_login"] for row in followers.json()["data"]}


def test_twitch_allows_what_the_page_of_connections_offers() -> None:
    with Studio() as studio:
        grant, identity = studio.consent()

    offered = scopes.scopes_for(scopes.TWITCH, scopes.OFFERED[scopes.TWITCH])
    assert (grant.scopes, identity.scopes, identity.login) == (offered, offered, READER.login)
