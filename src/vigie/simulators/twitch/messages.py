"""The messages of EventSub's WebSocket (https://dev.twitch.tv/docs/eventsub/websocket-reference)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a client."""

    message_id: str
    kind: str
    """`session_welcome`, `session_keepalive`, `notification`, `session_reconnect`, `revocation`."""
    at: datetime
    payload: Mapping[str, Any]

    def text(self) -> str:
        """Return what is written to the socket."""
        metadata = {
            "message_id": self.message_id,
            "message_type": self.kind,
            "message_timestamp": self.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        subscription = self.payload.get("subscription")
        if subscription:
            metadata["subscription_type"] = subscription["type"]
            metadata["subscription_version"] = subscription["version"]
        return json.dumps({"metadata": metadata, "payload": self.payload})


def welcome(message_id: str, at: datetime, *, session: Mapping[str, Any]) -> Message:
    """Return the first message of every socket."""
    told = {"status": "connected", "reconnect_url": None, "recovery_url": None, **session}
    return Message(message_id, "session_welcome", at, {"session": told})


def keepalive(message_id: str, at: datetime) -> Message:
    """Return the sign of life."""
    return Message(message_id, "session_keepalive", at, {})


def reconnect(message_id: str, at: datetime, *, session: Mapping[str, Any]) -> Message:
    """Return the order to go to `session["reconnect_url"]`."""
    told = {"status": "reconnecting", "keepalive_timeout_seconds": None, **session}
    return Message(message_id, "session_reconnect", at, {"session": told})


def notification(
    message_id: str, at: datetime, *, subscription: Mapping[str, Any], event: Mapping[str, Any]
) -> Message:
    """Return what happened."""
    return Message(message_id, "notification", at, {"subscription": subscription, "event": event})


def revocation(message_id: str, at: datetime, *, subscription: Mapping[str, Any]) -> Message:
    """Return that a subscription is over; its status says why."""
    return Message(message_id, "revocation", at, {"subscription": subscription})
