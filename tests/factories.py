"""Rows for tests: each builder makes what it needs when not given it. Times are around `NOW`."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Unpack

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from typing_extensions import TypedDict

from vigie.moderation.models import Alert, AlertState, Decision
from vigie.people import presets, scopes
from vigie.people.models import LOST, ConnectedAccount, Membership, Preset, Role, User, Workspace
from vigie.ports import Fence, LiveRef
from vigie.risk.models import Assessment, Category, Outcome, Subject
from vigie.runtime.models import WorkState
from vigie.runtime.sealing import seal
from vigie.speech.models import Utterance
from vigie.watch.models import Channel, Live, LiveState, Platform

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)

_numbers = count(1)


def make_user(username: str = "", *, password: str = "", language: str = "en") -> User:
    """Return a person; without a password, `client.force_login` is the way in."""
    username = username or f"person{next(_numbers)}"
    return User.objects.create(
        username=username,
        email=f"{username}@example.org",
        password=make_password(password or None),
        language=language,
    )


def make_workspace(
    slug: str = "", *, preset: str = Preset.CHANNEL_MODERATION, alert_threshold: float = 0.7
) -> Workspace:
    slug = slug or f"team-{next(_numbers)}"
    return Workspace.objects.create(
        name=slug.replace("-", " ").capitalize(),
        slug=slug,
        preset=preset,
        modules=presets.default_modules(preset),
        alert_threshold=alert_threshold,
    )


def make_membership(
    role: str = Role.MODERATOR, *, user: User | None = None, workspace: Workspace | None = None
) -> Membership:
    """Return a person with a role in a workspace; log in with `client.force_login(membership.user)`."""
    return Membership.objects.create(
        user=user or make_user(), workspace=workspace or make_workspace(), role=Group.objects.get(name=role)
    )


class ConnectionFields(TypedDict, total=False):
    platform_id: str
    login: str
    expires_at: datetime
    state: str
    reason: str
    check_at: datetime | None


def make_connection(
    workspace: Workspace | None = None,
    *,
    token: str = "token-1",
    refresh_token: str = "refresh-1",
    purposes: tuple[str, ...] = (scopes.READ_CHAT,),
    **fields: Unpack[ConnectionFields],
) -> ConnectedAccount:
    """Return an account of Twitch in order, checked at `NOW`; its token lasts for hundred years."""
    number = next(_numbers)
    made: ConnectionFields = {
        "platform_id": str(1000 + number),
        "login": f"vigie_{number}",
        "expires_at": NOW + timedelta(days=36_525),
        "check_at": None if fields.get("state") in LOST else NOW + timedelta(minutes=55),
    }
    return ConnectedAccount.objects.create(
        workspace=workspace or make_workspace(),
        platform=scopes.TWITCH,
        access_token=seal(token),
        refresh_token=seal(refresh_token) if refresh_token else "",
        scopes=list(scopes.scopes_for(scopes.TWITCH, purposes)),
        purposes=list(purposes),
        connected_at=NOW,
        validated_at=NOW,
        **{**made, **fields},
    )


def make_channel(
    workspace: Workspace | None = None,
    *,
    address: str = "",
    name: str = "",
    language: str = "fr",
    platform: str = Platform.WEB,
) -> Channel:
    number = next(_numbers)
    return Channel.objects.create(
        workspace=workspace or make_workspace(),
        platform=platform,
        address=address or f"https://live.example.org/{number}.m3u8",
        name=name or f"Channel {number}",
        language=language,
        added_at=NOW,
    )


class LiveFields(TypedDict, total=False):
    reason: str
    title: str
    heard_s: float
    lost_s: float
    heard_until_s: float
    lag_s: float
    aired_at: datetime | None
    chat_state: str
    chat_reason: str
    chat_until_s: float
    viewers: int | None
    reach: str


def make_live(
    channel: Channel | None = None,
    *,
    state: str = LiveState.OK,
    started_at: datetime = NOW,
    ended_at: datetime | None = None,
    **fields: Unpack[LiveFields],
) -> Live:
    """Return a live; it is open unless `ended_at` is given."""
    return Live.objects.create(
        channel=channel or make_channel(), state=state, started_at=started_at, ended_at=ended_at, **fields
    )


def make_ref(live: Live, fence: Fence | None = None) -> LiveRef:
    """Return what those who receive a live's media know of it."""
    return LiveRef(live.pk, live.channel.workspace_id, live.channel.language, live.started_at, fence)


class UtteranceFields(TypedDict, total=False):
    source: str
    epoch: int
    state: str
    language: str
    confidence: float | None
    recognizer: str
    reason: str
    spoken_at: datetime
    alerted_at: datetime | None


def make_utterance(
    live: Live | None = None,
    *,
    seq: int = 0,
    text: str = "Bonjour à tous.",
    start_s: float | None = None,
    **fields: Unpack[UtteranceFields],
) -> Utterance:
    """Return 3.5 s of speech; without `start_s`, the n-th utterance of a live begins at 4 (n - 1) seconds."""
    live = live or make_live()
    seq = seq or live.utterances.count() + 1
    start_s = 4.0 * (seq - 1) if start_s is None else start_s
    return Utterance.objects.create(
        live=live,
        seq=seq,
        text=text,
        start_s=start_s,
        end_s=start_s + 3.5,
        start_sample=int(start_s * 16_000),
        end_sample=int((start_s + 3.5) * 16_000),
        **{
            "state": WorkState.DONE,
            "language": live.channel.language,
            "spoken_at": live.started_at + timedelta(seconds=start_s + 3.5),
            **fields,
        },
    )


class AssessmentFields(TypedDict, total=False):
    category: str
    hateful: bool
    reach: str
    target: str
    stance: str
    spans: list[object]
    signals: list[object]
    outcome: str
    analyst: str
    state: str
    language: str
    assessed_at: datetime


def make_assessment(
    utterance: Utterance | None = None, *, score: float = 0.8, **fields: Unpack[AssessmentFields]
) -> Assessment:
    """Return what was made of an utterance; from 0.7 on it is hateful unless told otherwise."""
    utterance = utterance or make_utterance()
    high = score >= 0.7
    made: AssessmentFields = {
        "state": WorkState.DONE,
        "outcome": Outcome.ANALYSED,
        "category": Category.HATEFUL if high else Category.NEUTRAL,
        "hateful": high,
        "language": utterance.language or "fr",
        "analyst": "rules",
        "assessed_at": utterance.spoken_at,
    }
    return Assessment.objects.create(
        live=utterance.live,
        of=Subject.UTTERANCE,
        ref_id=utterance.pk,
        seq=utterance.seq,
        start_s=utterance.start_s,
        end_s=utterance.end_s,
        text=utterance.text,
        score=score,
        **{**made, **fields},
    )


def make_alert(
    assessment: Assessment | None = None, *, state: str = AlertState.PENDING, raised_at: datetime | None = None
) -> Alert:
    """Return an alert of the assessment's workspace, with its score; any state but pending was decided by somebody."""
    assessment = assessment or make_assessment()
    workspace = assessment.live.channel.workspace
    alert = Alert.objects.create(
        workspace=workspace,
        live=assessment.live,
        assessment=assessment,
        score=assessment.score,
        raised_at=raised_at or assessment.assessed_at or NOW,
        threshold=workspace.alert_threshold,
    )
    if state != AlertState.PENDING:
        make_decision(alert, state=state)
    return alert


def make_decision(
    alert: Alert,
    *,
    state: str = AlertState.DISMISSED,
    by: Membership | None = None,
    category: str = "",
    decided_at: datetime = NOW,
) -> Decision:
    """Return a decision on an alert, in force; by a moderator of its workspace unless told otherwise."""
    by = by or make_membership(workspace=alert.workspace)
    decision = Decision.objects.create(
        alert=alert, state=state, category=category, decided_by=by.user, alias=by.alias, decided_at=decided_at
    )
    alert.state, alert.decision, alert.version = state, decision, alert.version + 1
    alert.save()
    return decision
