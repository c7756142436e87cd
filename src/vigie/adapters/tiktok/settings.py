"""Where TikTok and the signing service are, and what they may know of us."""

from dataclasses import dataclass, field

APP_URL = "https://www.tiktok.com"
WEBCAST_URL = "https://webcast.tiktok.com/webcast"
SIGN_URL = "https://api.eulerstream.com"
"""The signing service that TikTokLive uses: a third party, without which the push server lets nobody in."""


@dataclass(frozen=True, slots=True)
class TikTokSettings:
    """What an operator decides. The addresses differ for a simulator, or a signing service of one's own."""

    app_url: str = APP_URL
    webcast_url: str = WEBCAST_URL
    sign_url: str = SIGN_URL
    sign_key: str = field(default="", repr=False)
    """Goes to the signing service only; more connections a day with it than without."""
    session_id: str = field(default="", repr=False)
    """The cookie `sessionid` of a TikTok account, which is all of the account: it goes to TikTok only."""
    may_share_session: bool = False
    """The operator consents that the signing service gets the session id too: chats of lives from 18 need that."""
