"""A server that plays Twitch: Helix, OAuth, EventSub over WebSockets, audiences of any size, and faults on demand."""

from vigie.simulators.twitch.audience import Audience, Wave
from vigie.simulators.twitch.faults import Fault, Kind
from vigie.simulators.twitch.requests import Asked
from vigie.simulators.twitch.server import TwitchServer
from vigie.simulators.twitch.settings import Settings
from vigie.simulators.twitch.sockets import Delivery
from vigie.simulators.twitch.tokens import Token
from vigie.simulators.twitch.users import TwitchUser

__all__ = ["Asked", "Audience", "Delivery", "Fault", "Kind", "Settings", "Token", "TwitchServer", "TwitchUser", "Wave"]
