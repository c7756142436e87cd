"""The transcript of a live: to be read from its beginning, and taken away as text or JSON."""

import json
from collections.abc import Iterator
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime.numbers import number
from vigie.site import operations, queries, visits
from vigie.site.forms import TranscriptSearchForm
from vigie.site.queries import Line
from vigie.site.report import gap_line, utterance_line
from vigie.site.templatetags.vigie import duration, timecode
from vigie.speech.permissions import may_read_transcripts
from vigie.watch import queries as watch
from vigie.watch.models import Live


@require_safe
@in_workspace(may_read_transcripts)
def transcript(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show what was said in a live, or what is looked for in it, a page at a time. Accounted for once a visit."""
    live = get_object_or_404(watch.lives_for(request.membership), pk=pk)
    after = request.GET.get("after", "")
    form = TranscriptSearchForm(request.GET)
    sought = form.sought()
    if after or sought:
        visits.go_on(request, live)
    else:
        visits.begin(request, live)
    from_number = number(after) or 0
    lines = queries.lines_found(live, from_number, sought) if sought else queries.lines_after(live, from_number)
    return render(request, "board/transcript.html", {"live": live, "lines": lines, "form": form, "sought": sought})


@require_safe
@in_workspace(may_read_transcripts)
def download(request: WorkspaceRequest, pk: int, form: str) -> HttpResponse:
    """Hand out the whole transcript, unmasked, as `txt` or `json`. Accounted for."""
    live = get_object_or_404(watch.lives_for(request.membership), pk=pk)
    operations.record_reading(live, request.membership, "transcript.exported")
    lines = queries.all_lines_of(live)
    body, kind = (as_json(live, lines), "application/json") if form == "json" else (as_text(live, lines), "text/plain")
    name = f"{slugify(live.channel.name) or 'live'}-{live.started_at:%Y%m%d-%H%M}.{form}"
    return HttpResponse(
        body, content_type=f"{kind}; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def as_text(live: Live, lines: list[Line]) -> str:
    """Return a transcript for people: a heading, then a line for each thing said or missed."""
    heading = [live.channel.name, live.channel.address, _stamp(live.started_at), ""]
    return "\n".join([*heading, *(f"[{timecode(line.at_s)}] {_told(line)}" for line in lines), ""])


def _told(line: Line) -> str:
    if line.gap:
        return _("(gap, %(length)s: nothing was heard)") % {"length": duration(line.gap.length_s)}
    if line.utterance and line.utterance.text:
        return line.utterance.text
    return _("(not transcribed)")


def as_json(live: Live, lines: list[Line]) -> str:
    """Return a transcript for programs: the same objects as `vigie watch --json`, in one document."""
    document = {
        "live": live.pk,
        "channel": live.channel.name,
        "address": live.channel.address,
        "started_at": _stamp(live.started_at),
        "lines": list(_objects(lines)),
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _objects(lines: list[Line]) -> Iterator[dict[str, object]]:
    for line in lines:
        if line.gap:
            yield gap_line(line.gap)
        elif line.utterance:
            yield utterance_line(line.utterance)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
