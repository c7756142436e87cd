"""Subscriptions to EventSub over Helix (https://dev.twitch.tv/docs/eventsub/manage-subscriptions)."""

from collections.abc import Mapping
from typing import Any

from vigie.simulators.twitch.calls import Call, Refusal, Reply, page_of
from vigie.simulators.twitch.sessions import Session, Sessions, Subscription
from vigie.simulators.twitch.tokens import Tokens
from vigie.simulators.twitch.topics import RAID, TOPICS, Topic


class Subscribing:
    """Makes, lists and ends the subscriptions of WebSocket sessions."""

    def __init__(self, sessions: Sessions, tokens: Tokens) -> None:
        self._sessions = sessions
        self._tokens = tokens

    def create(self, call: Call) -> Reply:
        """Answer 202 with the subscription. Raises Refusal."""
        kind, version, condition = _asked(call.content)
        topic = TOPICS.get((kind, version))
        if topic is None:
            raise Refusal(400, "The combination of values in the type and version fields is not valid")
        _check_condition(call, topic, condition)
        session = self._session(call)
        _check_allowed(call, topic, condition)
        held = self._sessions.of_user(call.token.user_id)
        if any((one.kind, one.condition) == (kind, condition) for one in held if one.session is session):
            raise Refusal(409, "subscription already exists")
        cost = self._cost(kind, condition, call.token.user_id)
        self._check_limits(call, session, cost=cost)
        made = Subscription(call.world.new_id(), kind, version, condition, session, call.token.user_id)
        made.cost, made.created_at = cost, call.world.now()
        session.add(made)
        return Reply({"data": [made.told()], **self._totals(call)}, 202)

    def listed(self, call: Call) -> Reply:
        """Answer the subscriptions of the token's user, of one type, status, user or id at most."""
        call.need_user()
        filters = [name for name in ("type", "status", "user_id", "subscription_id") if call.query.get(name)]
        if len(filters) > 1:
            raise Refusal(400, "The request may specify only one filter query parameter.")
        rows = [
            one.told()
            for one in self._sessions.of_user(call.token.user_id)
            if all(call.query[name] in one.facets()[name] for name in filters)
        ]
        return Reply({**page_of(call, rows, usual=100), **self._totals(call)})

    def delete(self, call: Call) -> Reply:
        """Answer 204. Raises Refusal."""
        call.need_user()
        asked = call.need("id")
        found = next((one for one in self._sessions.of_user(call.token.user_id) if one.subscription_id == asked), None)
        if found is None:
            raise Refusal(404, "subscription not found")
        found.session.remove(found)
        return Reply(None, 204)

    def _session(self, call: Call) -> Session:
        transport = call.content.get("transport")
        if not isinstance(transport, dict) or transport.get("method") != "websocket":
            raise Refusal(400, "invalid transport: this server knows WebSockets only")
        if not call.token.user_id:
            raise Refusal(400, "invalid transport and auth combination")
        session = self._sessions.find(str(transport.get("session_id", "")))
        if session is None or not session.is_connected:
            raise Refusal(400, "websocket transport session does not exist or has already disconnected")
        if session.user_id not in {"", call.token.user_id}:
            raise Refusal(400, "websocket transport cannot have subscriptions created by different users")
        return session

    def _check_limits(self, call: Call, session: Session, *, cost: int) -> None:
        settings = call.world.settings
        sessions = {one.session.session_id for one in self._sessions.of_user(call.token.user_id)}
        if len(sessions | {session.session_id}) > settings.max_connections:
            raise Refusal(429, "number of websocket transports limit exceeded")
        if len(session.subscriptions) >= settings.max_subscriptions:
            raise Refusal(429, "number of websocket subscriptions limit exceeded")
        if cost and self._totals(call)["total_cost"] + cost > settings.max_total_cost:
            raise Refusal(429, "subscription total cost exceeded")

    def _cost(self, kind: str, condition: Mapping[str, str], user_id: str) -> int:
        """Return 0 for chats one reads oneself, and for broadcasters who let the application in; 1 for others."""
        if kind.startswith("channel.chat") or "moderator_user_id" in condition:
            return 0
        broadcaster_id = next(iter(condition.values()))
        return 0 if broadcaster_id == user_id or self._tokens.has_authorized(broadcaster_id) else 1

    def _totals(self, call: Call) -> dict[str, int]:
        held = self._sessions.of_user(call.token.user_id)
        return {
            "total": len(held),
            "total_cost": sum(one.cost for one in held),
            "max_total_cost": call.world.settings.max_total_cost,
        }


def _asked(content: Mapping[str, Any]) -> tuple[str, str, dict[str, str]]:
    condition = content.get("condition")
    if not isinstance(condition, dict):
        raise Refusal(400, "The condition field is required.")
    filled = {str(name): str(value) for name, value in condition.items() if value}
    return str(content.get("type", "")), str(content.get("version", "")), filled


def _check_condition(call: Call, topic: Topic, condition: Mapping[str, str]) -> None:
    given = topic.condition & set(condition)
    if set(condition) - topic.condition or (len(given) != 1 if topic.condition == RAID else given != topic.condition):
        raise Refusal(400, f"The condition must have: {', '.join(sorted(topic.condition))}")
    if not all(call.world.user(user_id) for user_id in condition.values()):
        raise Refusal(400, "The user specified in the condition object does not exist")


def _check_allowed(call: Call, topic: Topic, condition: Mapping[str, str]) -> None:
    """Raise Refusal unless the token's user may hear of it: it has the scopes, reads as itself, moderates there."""
    reader = condition.get("user_id") or condition.get("moderator_user_id") or call.token.user_id
    if topic.lacks(call.token.scopes) or reader != call.token.user_id:
        raise Refusal(403, "subscription missing proper authorization")
    if "moderator_user_id" in condition and condition["broadcaster_user_id"] != reader:
        _, channel = call.need_channel(condition["broadcaster_user_id"])
        if reader not in channel.moderators:
            raise Refusal(403, "subscription missing proper authorization")
