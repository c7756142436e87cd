"""What the site and the webcast service answer, as far as clients read it; shapes as seen by TikTokLive 7.0.1."""

import json
from typing import Any

from vigie.simulators.tiktok.accounts import Account, Standing, State
from vigie.simulators.tiktok.messages import sec_uid

ROOM_STATUS = {State.LIVE: 2, State.PAUSED: 3, State.OFFLINE: 4}
NOT_FOUND, BANNED, PRIVATE = 10202, 10221, 10222
"""Status codes of the profile page."""
USER_NOT_FOUND = 19881007
AGE_RESTRICTED = 4003110
LONGEST_ID = 20
"""Digits: ids have 64 bits."""
QUALITIES = ("ld", "sd", "hd", "uhd", "origin")
CAPTCHA = (
    "<!doctype html><title>Verify to continue</title>"
    '<div id="captcha_container" class="captcha-verify-container">Drag the slider to fit the puzzle</div>'
)
PAGE = "<!doctype html><title>TikTok</title><p>Something went wrong. Have a cup of tea and try again.</p>"


def live_page(account: Account | None) -> str:
    """Return the page of a broadcaster's live; who has never been live has no `LiveRoom`."""
    state: dict[str, Any] = {"AppContext": {}}
    if account and account.standing is not Standing.BANNED:
        state["LiveRoom"] = {"liveRoomUserInfo": {"user": _user(account), "liveRoom": _live(account)}}
    return _page("SIGI_STATE", state)


def profile_page(account: Account | None) -> str:
    """Return the page of a profile: it says why it shows nothing."""
    detail: dict[str, Any] = {"statusCode": NOT_FOUND, "statusMsg": "user doesn't exist"}
    if account and account.standing is Standing.BANNED:
        detail = {"statusCode": BANNED, "statusMsg": "user banned"}
    elif account:
        is_private = account.standing is Standing.PRIVATE
        user = {**_user(account), "privateAccount": is_private, "secret": is_private}
        detail = {"statusCode": PRIVATE if is_private else 0, "statusMsg": "", "userInfo": {"user": user}}
    return _page("__UNIVERSAL_DATA_FOR_REHYDRATION__", {"__DEFAULT_SCOPE__": {"webapp.user-detail": detail}})


def user_room(account: Account | None) -> dict[str, Any]:
    """Return what the site's API says of a broadcaster."""
    if account is None or account.standing is Standing.BANNED:
        return {"data": {}, "message": "user_not_found", "statusCode": USER_NOT_FOUND}
    return {"data": {"user": _user(account), "liveRoom": _live(account)}, "message": "", "statusCode": 0}


def alive(rooms: list[tuple[str, Account | None]]) -> dict[str, Any]:
    """Return which of some lives are on; an unknown id is not."""
    data = [
        {"alive": bool(account and account.is_live), "room_id": int(room_id), "room_id_str": room_id}
        for room_id, account in rooms
        if room_id.isascii() and room_id.isdecimal() and len(room_id) <= LONGEST_ID
    ]
    return {"data": data, "extra": {"now": 0}, "status_code": 0}


def room_info(account: Account, media: str, *, viewers: int, likes: int) -> dict[str, Any]:
    """Return everything about a live; `media` is the start of its addresses."""
    data = {
        "id": account.room_id,
        "id_str": str(account.room_id),
        "title": account.title,
        "status": ROOM_STATUS[account.state],
        "user_count": viewers,
        "like_count": likes,
        "age_restricted": {"restricted": False},
        "owner": {
            "id": account.user_id,
            "id_str": str(account.user_id),
            "display_id": account.handle,
            "nickname": account.nickname,
            "sec_uid": sec_uid(account.user_id),
        },
        "owner_user_id_str": str(account.user_id),
    }
    if account.is_live:
        data["stream_url"] = stream_urls(media)
    return {"data": data, "extra": {"now": 0}, "status_code": 0}


def restricted_info() -> dict[str, Any]:
    """Return the room info of a live from 18, for visitors without an account."""
    data = {"message": "This content may not be suitable", "prompts": "Log in to watch this LIVE"}
    return {"data": data, "extra": {"now": 0}, "status_code": AGE_RESTRICTED}


def no_room_info() -> dict[str, Any]:
    """Return the room info of no room."""
    return {"data": {"message": "room does not exist"}, "extra": {"now": 0}, "status_code": 30003}


def stream_urls(media: str) -> dict[str, Any]:
    """Return the addresses of a live's media in the three shapes that TikTok uses at once."""
    flv = {quality: f"{media}.flv?quality={quality}" for quality in QUALITIES}
    hls = {quality: f"{media}.m3u8?quality={quality}" for quality in QUALITIES}
    data = {quality: {"main": {"flv": flv[quality], "hls": hls[quality], "cmaf": ""}} for quality in QUALITIES}
    data["ao"] = {"main": {"flv": f"{media}/audio.flv", "hls": "", "cmaf": ""}}
    return {
        "rtmp_pull_url": flv["origin"],
        "hls_pull_url": hls["hd"],
        "flv_pull_url": {"FULL_HD1": flv["uhd"], "HD1": flv["hd"], "SD1": flv["ld"], "SD2": flv["sd"]},
        "live_core_sdk_data": {"pull_data": {"stream_data": json.dumps({"common": {}, "data": data})}},
    }


def rate_limits(asked: int) -> dict[str, Any]:
    """Return what the signing service says of its limits after `asked` requests."""
    limits = {"minute": 20, "hour": 200, "day": 1000}
    told = {name: {"max": most, "remaining": max(0, most - asked), "reset_at": None} for name, most in limits.items()}
    return {"code": 200, "message": "", "load_shedding": {"at": 1, "chance": 0}, **told}


def _user(account: Account) -> dict[str, Any]:
    return {
        "id": str(account.user_id),
        "uniqueId": account.handle,
        "nickname": account.nickname,
        "secUid": sec_uid(account.user_id),
        "roomId": str(account.room_id) if account.is_listed else "",
        "status": ROOM_STATUS[account.state if account.is_listed else State.OFFLINE],
        "secret": account.standing is Standing.PRIVATE,
    }


def _live(account: Account) -> dict[str, Any]:
    return {"status": ROOM_STATUS[account.state if account.is_listed else State.OFFLINE], "title": account.title}


def _page(script: str, state: dict[str, Any]) -> str:
    content = json.dumps(state).replace("<", "\\u003c")
    return f'<!doctype html><title>TikTok</title><script id="{script}" type="application/json">{content}</script>'
