"""What an operator says of Twitch, and how long the adapter waits for what."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to wait: in seconds, where the name says so."""

    tries_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Before each further try, where Twitch was silent or broken; after "too many" at least until its reset."""
    validate_s: float = 3_600.0
    """Between two looks at whether a person still consents: Twitch asks for one an hour."""
    patience: float = 1.5
    """EventSub says how often it will say that it is there; after so many times as long a connection has stalled."""


@dataclass(frozen=True, slots=True)
class TwitchSettings:
    """The application that the operator registered at dev.twitch.tv, and where Twitch is."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    helix_url: str = "https://api.twitch.tv/helix"
    id_url: str = "https://id.twitch.tv/oauth2"
    eventsub_url: str = "wss://eventsub.wss.twitch.tv/ws"
    most_subscriptions: int = 300
    """On one connection; an account has three."""
    pace: Pace = Pace()
