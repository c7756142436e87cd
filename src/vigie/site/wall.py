"""The wall: a tile for every live that is watched, the one that needs a look first. It stands above the areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import chain
from operator import attrgetter
from statistics import median_low

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from vigie.moderation.permissions import may_see_alerts
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.site import ticker, tiles, visits
from vigie.site.tiles import Tile, Unknown, Wanted
from vigie.speech.permissions import may_read_transcripts
from vigie.watch import operations
from vigie.watch import queries as watch
from vigie.watch.models import AiringState, Platform, Thumbnail
from vigie.watch.permissions import may_follow_lives, may_manage_channels

BADLY = "badly"
A_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Wall:
    """The tiles that a reader asked for."""

    tiles: Sequence[Tile | Unknown]
    """In the order of attention."""
    wanted: Wanted
    now: datetime

    @property
    def lives(self) -> list[Tile]:
        """Those of lives."""
        return [tile for tile in self.tiles if isinstance(tile, Tile)]

    @property
    def delay_s(self) -> int | None:
        """How long after it was said a sentence is on the screen, in seconds, as a median; None where nothing was."""
        said = chain.from_iterable(tile.words.sentences for tile in self.lives if tile.words)
        delays_s = [sentence.late_s for sentence in said if sentence.late_s is not None]
        return round(median_low(delays_s)) if delays_s else None

    @property
    def target(self) -> str:
        """The id of the list: what is new is pushed to those lists that it belongs to."""
        return f"tiles-{BADLY if self.wanted.is_badly_heard else self.wanted.platform or 'all'}"

    @property
    def query(self) -> str:
        """What its address ends with."""
        if self.wanted.is_badly_heard:
            return f"?heard={BADLY}"
        return f"?platform={self.wanted.platform}" if self.wanted.platform else ""


@require_safe
@in_workspace(may_follow_lives)
def wall(request: WorkspaceRequest) -> HttpResponse:
    """Show what is on air and what waits. Reading last words is accounted for, and channels are asked for sooner."""
    shown = _wall(request)
    visits.begin_list(request, (tile.live.pk for tile in shown.lives))
    _look(request, shown.wanted, shown.now)
    context = _tiles(request, shown) | _counters(request)
    context |= {
        "filters": _filters(request, shown.wanted),
        "off_air": _off_air(request, shown),
        "may_manage": may_manage_channels(request.membership),
        "reads": may_read_transcripts(request.membership),
    }
    if may_see_alerts(request.membership):
        context |= _side(request, shown.now)
    return render(request, "wall/wall.html", context)


@require_safe
@in_workspace(may_follow_lives)
def wall_tiles(request: WorkspaceRequest) -> HttpResponse:
    """Show the tiles alone, in the order of attention: for a page that reorders them or may have missed some news."""
    shown = _wall(request)
    visits.go_on_list(request, (tile.live.pk for tile in shown.lives))
    return render(request, "wall/_tiles.html", _tiles(request, shown))


@require_safe
@in_workspace(may_see_alerts)
def wall_alerts(request: WorkspaceRequest) -> HttpResponse:
    """Show the column of alerts, for a page that may have missed some news."""
    return render(request, "wall/_side.html", _side(request, clock.now()))


@require_safe
@in_workspace(may_follow_lives)
def wall_counters(request: WorkspaceRequest) -> HttpResponse:
    """Show the counters, for a page that may have missed some news."""
    return render(request, "wall/_counters.html", _counters(request))


@require_POST
@in_workspace(may_follow_lives)
def wall_look(request: WorkspaceRequest) -> HttpResponse:
    """Note that the wall is still being looked at."""
    _look(request, _wanted(request), clock.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
@in_workspace(may_follow_lives)
def thumbnail(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Return the last picture of a live, grey and blurred. Its address names its moment, so it may be kept."""
    live = get_object_or_404(watch.lives_for(request.membership), pk=pk)
    found = Thumbnail.objects.filter(live=live).first()
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.jpeg), content_type="image/jpeg")
    answer["Cache-Control"] = f"private, max-age={A_DAY_S}, immutable"
    return answer


def _wall(request: WorkspaceRequest) -> Wall:
    wanted, now = _wanted(request), clock.now()
    lives = tiles.lives_of(request.membership, wanted, now)
    known = tiles.tiles_of(
        lives,
        now,
        with_words=may_read_transcripts(request.membership),
        with_alerts=may_see_alerts(request.membership),
    )
    unknown = tiles.unknown_of(request.membership, wanted, lives)
    return Wall(sorted([*known, *unknown], key=attrgetter("place")), wanted, now)


def _wanted(request: HttpRequest) -> Wanted:
    """Return what the address asks for; what makes no sense asks for everything."""
    platform = request.GET.get("platform", "")
    return Wanted(platform if platform in Platform.values else "", request.GET.get("heard") == BADLY)


def _tiles(request: WorkspaceRequest, shown: Wall) -> dict[str, object]:
    return {"wall": shown, "workspace": request.workspace}


def _counters(request: WorkspaceRequest) -> dict[str, object]:
    sees = may_see_alerts(request.membership)
    return {
        "workspace": request.workspace,
        "on_air": ticker.on_air_in(request.workspace.pk),
        "waiting": ticker.waiting_in(request.workspace.pk) if sees else None,
        "sees": sees,
    }


def _side(request: WorkspaceRequest, now: datetime) -> dict[str, object]:
    workspace_id = request.workspace.pk
    ticks, decided = ticker.ticks_in(workspace_id), ticker.decided_in(workspace_id, now)
    return {"workspace": request.workspace, "ticks": ticks, "decided": decided}


def _look(request: WorkspaceRequest, wanted: Wanted, now: datetime) -> None:
    """Note that what has a tile is looked at: what is known to be off air has none."""
    channels = watch.channels_for(request.membership).filter(is_watched=True)
    channels = channels.exclude(presence__airing=AiringState.OFFLINE)
    if wanted.platform:
        channels = channels.filter(platform=wanted.platform)
    operations.look_at(list(channels.values_list("pk", flat=True)), now)


def _filters(request: WorkspaceRequest, wanted: Wanted) -> list[tuple[str, str, bool]]:
    """Return the platforms that can be chosen: name in the address, name for people, whether it is chosen."""
    used = set(watch.channels_for(request.membership).values_list("platform", flat=True).order_by().distinct())
    return [(name, str(label), name == wanted.platform) for name, label in Platform.choices if name in used]


def _off_air(request: WorkspaceRequest, shown: Wall) -> int:
    """Return how many watched channels have no tile, since they are not on air."""
    channels = watch.off_air_for(request.membership, shown.now)
    if shown.wanted.platform:
        channels = channels.filter(platform=shown.wanted.platform)
    return channels.count() - sum(isinstance(tile, Unknown) for tile in shown.tiles)
