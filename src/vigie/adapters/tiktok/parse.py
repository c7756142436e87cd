"""What TikTok's site and webcast service answer -> what Vigie asks for: pure, and wary of every field."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from vigie.ports import Airing, Sighting

LIVE, PAUSED, ENDED = 2, 3, 4
"""`status` of a room; what else may come is told as unknown, with its number."""
NO_SUCH_USER: Final = "user_not_found"
AGE_RESTRICTED: Final = 4003110
NO_SUCH_ROOM: Final = 30003
REASONS: Final = {
    10202: "TikTok knows no such account.",
    10221: "TikTok banned this account.",
    10222: "This account is private: TikTok shows its lives to nobody else.",
}
"""What the page of a profile says (`statusCode`)."""
SOMEBODY_ELSE: Final = "TikTok shows another account than the one that was asked for."
STATE: Final = re.compile(
    r'<script[^>]+id="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^>]*>(.*?)</script>', re.DOTALL | re.IGNORECASE
)
QUALITIES: Final = ("ld", "sd", "hd", "uhd", "origin")
FOR_CLIPS: Final = ("hd", "sd", "ld", "uhd", "origin")
"""The best first, up to the 720 lines that clips need; those that have more only where there is nothing else."""
OLD_FOR_CLIPS: Final = ("HD1", "SD2", "SD1", "FULL_HD1")
OLD_QUALITIES: Final = ("SD1", "SD2", "HD1", "FULL_HD1")


class Odd(ValueError):
    """An answer that is none of those known: a block, a captcha, something new. Never an end."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What the page of an account says."""

    reason: str
    """Why there will be no live to see; empty when the account is an ordinary one."""
    handle: str = ""
    platform_id: str = ""


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """What is known of a broadcast. At most one of the flags is set."""

    is_over: bool = False
    is_missing: bool = False
    is_restricted: bool = False
    url: str = ""
    """Of the media; empty with any of the flags."""
    title: str = ""
    owner_id: str = ""
    """The number of the account that broadcasts; empty where TikTok does not say."""


def dig(answer: object, *path: str) -> Any:
    """Return what is at that path of nested objects, None where there is nothing."""
    for key in path:
        if not isinstance(answer, Mapping):
            return None
        answer = answer.get(key)
    return answer


def user_room(asked: str, answer: object) -> Sighting | None:
    """Return what `api-live/user/room` says of a channel; None when there is no such handle. Raises Odd."""
    if dig(answer, "message") == NO_SUCH_USER:
        return None
    user, room = dig(answer, "data", "user"), dig(answer, "data", "liveRoom")
    platform_id, status = _word(dig(user, "id")), _number(dig(room, "status"), dig(user, "status"))
    if not platform_id or status is None:
        raise Odd("TikTok answered something else than what was asked.")
    airing, reason = _airing(status)
    is_private = airing is not Airing.LIVE and dig(user, "secret") is True
    return Sighting(
        asked=asked,
        airing=Airing.UNKNOWN if is_private else airing,
        reason=REASONS[10222] if is_private else reason,
        is_permanent=is_private,
        platform_id=platform_id,
        handle=_word(dig(user, "uniqueId")).lower(),
        room_id=_room_id(user) if airing is Airing.LIVE else "",
        title=_word(dig(room, "title")),
        viewers=_number(dig(room, "liveRoomStats", "userCount")),
        started_at=_moment(_number(dig(room, "startTime"))),
    )


def _airing(status: int) -> tuple[Airing, str]:
    known = {LIVE: (Airing.LIVE, ""), PAUSED: (Airing.LIVE, "The live is paused."), ENDED: (Airing.OFFLINE, "")}
    return known.get(status, (Airing.UNKNOWN, f"TikTok says status {status}, whose meaning is not known."))


def alive(answer: object) -> dict[str, bool]:
    """Return which rooms `room/check_alive` says are on air. Raises Odd."""
    rooms = dig(answer, "data")
    if not isinstance(rooms, list):
        raise Odd("TikTok answered something else than what was asked.")
    said = ((_word(dig(room, "room_id_str")) or _word(dig(room, "room_id")), dig(room, "alive")) for room in rooms)
    return {room_id: is_alive for room_id, is_alive in said if room_id and isinstance(is_alive, bool)}


def profile(page: str) -> Profile:
    """Return what the page of an account says. Raises Odd for a page that says nothing: a captcha, a block."""
    found = STATE.search(page)
    try:
        state = json.loads(found[1]) if found else None
    except (ValueError, RecursionError):
        state = None
    detail = dig(state, "__DEFAULT_SCOPE__", "webapp.user-detail")
    code, user = _number(dig(detail, "statusCode")), dig(detail, "userInfo", "user")
    handle, platform_id = _word(dig(user, "uniqueId")).lower(), _word(dig(user, "id"))
    if code in REASONS:
        return Profile(REASONS[code], handle, platform_id)
    if not handle or not platform_id:
        raise Odd(f"TikTok shows no profile (code {code})." if code else "TikTok shows something else than a profile.")
    return Profile("", handle, platform_id)


def room_info(answer: object, *, wants_picture: bool = False, with_packets: bool = False) -> RoomInfo:
    """Return what `room/info` says, with the stream that `stream_url` chooses. Raises Odd."""
    code, data = _number(dig(answer, "status_code")), dig(answer, "data")
    # a block is an almost empty answer too, and no age restriction
    if code == AGE_RESTRICTED or dig(data, "prompts"):
        return RoomInfo(is_restricted=True)
    if code == NO_SUCH_ROOM:
        return RoomInfo(is_missing=True)
    if dig(data, "status") == ENDED:
        return RoomInfo(is_over=True)
    if not (url := stream_url(dig(data, "stream_url"), wants_picture=wants_picture, with_packets=with_packets)):
        raise Odd("TikTok says nothing of where the stream is.")
    owner_id = _word(dig(data, "owner", "id_str")) or _word(dig(data, "owner_user_id_str"))
    return RoomInfo(url=url, title=_word(dig(data, "title")), owner_id=owner_id)


def stream_url(streams: object, *, wants_picture: bool, with_packets: bool = False) -> str:
    """Return the smallest of the streams, sound alone where that is enough; empty where there is none.

    `with_packets`: the one for clips.
    """
    try:
        packed = json.loads(_word(dig(streams, "live_core_sdk_data", "pull_data", "stream_data")) or "null")
    except (ValueError, RecursionError):
        packed = None
    qualities = QUALITIES if wants_picture else ("ao", *QUALITIES)
    qualities, old = (FOR_CLIPS, OLD_FOR_CLIPS) if with_packets else (qualities, OLD_QUALITIES)
    found = [_word(dig(packed, "data", name, "main", kind)) for name in qualities for kind in ("flv", "hls")]
    found += [_word(dig(streams, "flv_pull_url", name)) for name in old]
    found += [_word(dig(streams, "hls_pull_url")), _word(dig(streams, "rtmp_pull_url"))]
    return next((url for url in found if url.startswith(("https://", "http://", "rtmp://"))), "")


def _room_id(user: object) -> str:
    room_id = _word(dig(user, "roomId"))
    if not room_id.isdecimal() or room_id == "0":
        raise Odd("TikTok says that the channel is live, and not where.")
    return room_id


def _word(value: object) -> str:
    return value if isinstance(value, str) else str(value) if type(value) is int else ""


def _number(*values: object) -> int | None:
    """Return the first of them that is a number."""
    return next((value for value in values if type(value) is int), None)


def _moment(unix_s: int | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(unix_s, UTC) if unix_s and unix_s > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
