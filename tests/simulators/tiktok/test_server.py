"""The unmodified TikTokLive client against the simulator."""

from collections.abc import Callable
from typing import Any

import pytest

from vigie.simulators.tiktok import Comment, TikTokServer, viewer

pytestmark = pytest.mark.filterwarnings(
    "ignore:websockets.legacy is deprecated:DeprecationWarning",
    "ignore::DeprecationWarning:websockets_proxy",
    "ignore::DeprecationWarning:TikTokLive",
)

Watch = Callable[..., Any]


async def test_a_comment_reaches_the_client(server: TikTokServer, watch: Watch) -> None:
    from TikTokLive.events import CommentEvent, ConnectEvent

    alice = watch("@alice")
    alice.listen(ConnectEvent, CommentEvent)
    await alice.start()
    await alice.heard("ConnectEvent")
    server.say("alice", "bonjour à tous", viewer=viewer(7), message_id=5)

    _, comment = await alice.heard("ConnectEvent", "CommentEvent")
    assert (comment.user.display_id, comment.content, comment.common.msg_id) == ("viewer7", "bonjour à tous", 5)
    assert comment.common.room_id == 101
