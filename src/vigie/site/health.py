"""How the installation is: what runs, what waits, what is missing, and the exact fix."""

import shutil
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max, Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from vigie.people.models import Workspace
from vigie.risk.models import Assessment
from vigie.runtime.models import UNFINISHED, Lease, WorkState
from vigie.site import traffic
from vigie.site.findings import Finding
from vigie.site.templatetags.vigie import duration
from vigie.speech import recognizers
from vigie.speech.models import Utterance
from vigie.speech.queries import alert_delays_s
from vigie.watch.models import Live
from vigie.watch.queries import waiting_for_a_place

NAMED = 10
LITTLE_DISK = 0.05
"""Share of the disk that must stay free."""
LATE_ALERT_S = 30.0


def findings(now: datetime, workspace: Workspace | None = None) -> list[Finding]:
    """Return what is worth knowing of a workspace, or of the whole installation, in the reader's language."""
    found = [
        _lives(workspace),
        speech(_("Speech recognition")),
        _lag(workspace),
        _delay(now, workspace),
        *_work(workspace),
        places(_("Places to watch"), now, workspace),
        traffic.unknown(workspace),
    ]
    if workspace:
        return found
    return [*found, traffic.detectors(now), *traffic.vendors(now), _engine(), _watchers(now), _disk(), _database()]


def _lives(workspace: Workspace | None) -> Finding:
    return Finding(_("Lives on air"), is_well=True, words=str(_open_lives(workspace).count()))


def speech(what: str) -> Finding:
    """Return, under the name `what`, the recognizer in use; or the command that gets one."""
    trouble, choice = recognizers.missing(), recognizers.choose()
    words, _colon, fix = trouble.partition(":")
    words = words or f"{choice.recognizer} {choice.model.name if choice.model else ''}".strip()
    return Finding(what, is_well=not trouble, words=words, fix=fix.strip())


def _lag(workspace: Workspace | None) -> Finding:
    lag_s = _open_lives(workspace).aggregate(longest=Max("lag_s"))["longest"] or 0.0
    return Finding(_("Longest lag"), is_well=lag_s < settings.OPTIONS.speech_lag_skip_s / 2, words=duration(lag_s))


def _delay(now: datetime, workspace: Workspace | None) -> Finding:
    """How long after its words an alert comes; beyond 30 s for one in twenty, something is too slow."""
    delays_s = alert_delays_s(_all_lives(workspace), now)
    what = _("From words to alert")
    if delays_s is None:
        return Finding(what, is_well=True, words=_("no alert in the last day"))
    median_s, late_s = delays_s
    words = _("half within %(median)s, 95 %% within %(late)s") % {
        "median": duration(median_s),
        "late": duration(late_s),
    }
    return Finding(what, is_well=late_s <= LATE_ALERT_S, words=words)


def _all_lives(workspace: Workspace | None) -> QuerySet[Live]:
    return Live.objects.filter(Q(channel__workspace=workspace) if workspace else Q())


def _open_lives(workspace: Workspace | None) -> QuerySet[Live]:
    return _all_lives(workspace).filter(ended_at=None)


def _work(workspace: Workspace | None) -> Iterator[Finding]:
    ours = Q(live__channel__workspace=workspace) if workspace else Q()
    for what, units in (
        (_("To be transcribed"), Utterance.objects.filter(ours)),
        (_("To be analysed"), Assessment.objects.filter(ours)),
    ):
        waiting = units.filter(state__in=UNFINISHED).count()
        failed = units.filter(state=WorkState.FAILED).count()
        words = _("%(waiting)d waiting, %(failed)d failed") % {"waiting": waiting, "failed": failed}
        yield Finding(what, is_well=not failed, words=words)


def _engine() -> Finding:
    is_embedded = settings.CELERY_BROKER_URL.startswith("memory:")
    words = _("in the same process") if is_embedded else _("workers on a broker")
    return Finding(_("Engine"), is_well=True, words=words)


def _watchers(now: datetime) -> Finding:
    owners = Lease.objects.filter(expires_at__gt=now).exclude(owner="").values_list("owner", flat=True)
    names = sorted(set(owners))
    return Finding(_("Watchers at work"), is_well=True, words=", ".join(names) or _("none"))


def places(what: str, now: datetime, workspace: Workspace | None = None) -> Finding:
    """Return, under the name `what`, the channels that nobody looks at for want of a place; or that there are none."""
    waiting = waiting_for_a_place(now).filter(Q(workspace=workspace) if workspace else Q())
    names = ", ".join(channel.name for channel in waiting[:NAMED])
    words = _("%(count)d channels wait: %(names)s") % {"count": waiting.count(), "names": names}
    fix = "vigie up --only watch" if names else ""
    return Finding(what, is_well=not names, words=words if names else _("each channel is looked at in turn"), fix=fix)


def _disk() -> Finding:
    disk = shutil.disk_usage(settings.DATA_DIR)
    words = _("%(free)s GB of %(total)s GB free") % {"free": _gigabytes(disk.free), "total": _gigabytes(disk.total)}
    return Finding(_("Disk"), is_well=disk.free > LITTLE_DISK * disk.total, words=words)


def _gigabytes(size_bytes: int) -> str:
    return number_format(size_bytes / 1e9, 1)


def _database() -> Finding:
    return Finding(_("Database"), is_well=answers(), words=connection.display_name)


def answers() -> bool:
    """Return whether the database does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
