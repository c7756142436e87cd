"""What Helix tells: users, streams, channels, chatters, followers, clips (https://dev.twitch.tv/docs/api/reference)."""

from typing import Any

from vigie.simulators.twitch.calls import Call, Refusal, Reply, cursor, page_of, start_of
from vigie.simulators.twitch.users import TwitchUser, rfc3339
from vigie.simulators.twitch.world import Channel, Clip, Stream

PICTURES = "https://static-cdn.jtvnw.net"


def get_users(call: Call) -> Reply:
    """Answer at most 100 accounts by id or login; the token's own where none is named."""
    call.many("id", "login")
    ids, logins = call.query.getlist("id"), call.query.getlist("login")
    if not ids and not logins and not call.token.user_id:
        raise Refusal(400, 'The "id" or "login" query parameter is required')
    if not ids and not logins:
        ids = [call.token.user_id]
    found = [call.world.user(user_id) for user_id in ids] + [call.world.by_login(login) for login in logins]
    return Reply({"data": [_user(user) for user in dict.fromkeys(filter(None, found))]})


def get_streams(call: Call) -> Reply:
    """Answer who is on air, most viewers first, of at most 100 that are named."""
    call.many("user_id", "user_login")
    ids = set(call.query.getlist("user_id"))
    logins = {login.lower() for login in call.query.getlist("user_login")}
    rows = [
        _stream(user, channel, stream)
        for user, channel, stream in call.world.live()
        if not (ids or logins) or user.user_id in ids or user.login in logins
    ]
    return Reply(page_of(call, rows))


def get_channels(call: Call) -> Reply:
    """Answer what at most 100 channels say of themselves."""
    call.need("broadcaster_id")
    found = [call.world.user(user_id) for user_id in call.many("broadcaster_id")]
    known = [user for user in found if user and user.user_id in call.world.channels]
    return Reply({"data": [_channel(user, call.world.channels[user.user_id]) for user in known]})


def get_chatters(call: Call) -> Reply:
    """Answer who is in a chat; `total` counts all of them, whatever the page."""
    _, channel = call.need_moderator("moderator:read:chatters")
    start, count = start_of(call), call.first(most=1000, usual=100)
    total = channel.chatters()
    rows = list(channel.audience.page(start, count)) if channel.audience else []
    crowd = channel.audience.size if channel.audience else 0
    present = [user for user_id in channel.present if (user := call.world.user(user_id))]
    rows += present[max(0, start - crowd) : max(0, start + count - crowd)]
    data = [user.labels() for user in rows]
    return Reply({"data": data, "pagination": cursor(call, start + count, total), "total": total})


def get_moderated_channels(call: Call) -> Reply:
    """Answer the channels that the token's user moderates."""
    call.need_scope("user:read:moderated_channels")
    if call.need("user_id") != call.token.user_id:
        raise Refusal(401, "The ID in user_id must match the user ID found in the request's OAuth token.")
    found = [
        user.labels("broadcaster")
        for user_id, channel in call.world.channels.items()
        if call.token.user_id in channel.moderators and (user := call.world.user(user_id))
    ]
    return Reply(page_of(call, found))


def get_moderators(call: Call) -> Reply:
    """Answer who moderates the channel of the token's user."""
    call.need_scope("moderation:read", "channel:manage:moderators")
    if call.need("broadcaster_id") != call.token.user_id:
        raise Refusal(401, "The ID in broadcaster_id must match the user ID found in the request's OAuth token.")
    _, channel = call.need_channel(call.token.user_id)
    asked = call.many("user_id")
    found = [call.world.user(user_id) for user_id in sorted(channel.moderators) if not asked or user_id in asked]
    return Reply(page_of(call, [user.labels() for user in found if user]))


def get_followers(call: Call) -> Reply:
    """Answer who follows a channel, latest first; strangers are told how many, no more."""
    _, channel = call.need_channel(call.need("broadcaster_id"))
    may_read = "moderator:read:followers" in call.token.scopes
    own = call.token.user_id == call.query["broadcaster_id"] or call.token.user_id in channel.moderators
    if not (may_read and own):
        return Reply({"data": [], "pagination": {}, "total": len(channel.followers)})
    asked = call.query.get("user_id", "")
    newest = sorted(channel.followers.items(), key=lambda row: row[1], reverse=True)
    rows = [
        {**user.labels(), "followed_at": rfc3339(at)}
        for user_id, at in newest
        if asked in {"", user_id} and (user := call.world.user(user_id))
    ]
    return Reply({**page_of(call, rows), "total": len(channel.followers)})


def get_clips(call: Call) -> Reply:
    """Answer clips by id, or those of a channel."""
    ids, broadcaster_id = call.many("id"), call.query.get("broadcaster_id", "")
    if bool(ids) == bool(broadcaster_id):
        raise Refusal(400, "The id or broadcaster_id query parameter is required, and only one of them.")
    rows = [
        _clip(call, user, clip)
        for user_id, channel in call.world.channels.items()
        if broadcaster_id in {"", user_id} and (user := call.world.user(user_id))
        for clip in channel.clips.values()
        if not ids or clip.clip_id in ids
    ]
    return Reply(page_of(call, rows))


def _user(user: TwitchUser) -> dict[str, Any]:
    return {
        "id": user.user_id,
        "login": user.login,
        "display_name": user.name,
        "type": "",
        "broadcaster_type": user.broadcaster_type,
        "description": user.description,
        "profile_image_url": f"{PICTURES}/jtv_user_pictures/{user.login}-profile_image-300x300.png",
        "offline_image_url": "",
        "view_count": 0,
        "created_at": rfc3339(user.created_at),
    }


def _stream(user: TwitchUser, channel: Channel, stream: Stream) -> dict[str, Any]:
    return {
        "id": stream.stream_id,
        **user.labels(),
        "game_id": channel.game[0],
        "game_name": channel.game[1],
        "type": "live",
        "title": channel.title,
        "viewer_count": stream.viewers,
        "started_at": rfc3339(stream.started_at),
        "language": channel.language,
        "thumbnail_url": f"{PICTURES}/previews-ttv/live_user_{user.login}-{{width}}x{{height}}.jpg",
        "tag_ids": [],
        "tags": [],
        "is_mature": False,
    }


def _channel(user: TwitchUser, channel: Channel) -> dict[str, Any]:
    return {
        **user.labels("broadcaster"),
        "broadcaster_language": channel.language,
        "game_id": channel.game[0],
        "game_name": channel.game[1],
        "title": channel.title,
        "delay": 0,
        "tags": [],
        "content_classification_labels": [],
        "is_branded_content": False,
    }


def _clip(call: Call, broadcaster: TwitchUser, clip: Clip) -> dict[str, Any]:
    creator = call.world.user(clip.creator_id)
    return {
        "id": clip.clip_id,
        "url": f"https://clips.twitch.tv/{clip.clip_id}",
        "embed_url": f"https://clips.twitch.tv/embed?clip={clip.clip_id}",
        "broadcaster_id": broadcaster.user_id,
        "broadcaster_name": broadcaster.name,
        "creator_id": clip.creator_id,
        "creator_name": creator.name if creator else "",
        "video_id": "",
        "game_id": call.world.channels[broadcaster.user_id].game[0],
        "language": call.world.channels[broadcaster.user_id].language,
        "title": clip.title,
        "view_count": 0,
        "created_at": rfc3339(clip.created_at),
        "thumbnail_url": f"{PICTURES}/twitch-clips-thumbnails-prod/{clip.clip_id}/preview-480x272.jpg",
        "duration": clip.duration_s,
        "vod_offset": None,
        "is_featured": False,
    }
