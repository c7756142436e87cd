"""Workspaces: made from a preset, then changed by those who manage them."""

from dataclasses import asdict, dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.text import slugify

from vigie.people import presets, roles
from vigie.people.models import Membership, User, Workspace
from vigie.people.operations.refusals import DutiesStaySeparate, ModuleNotAllowed
from vigie.people.operations.telling import tell

SLUG_LENGTH = 50


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """What a team may decide about its workspace."""

    name: str
    preset: str
    modules: tuple[str, ...]
    alert_threshold: float


@transaction.atomic
def create_workspace(by: User, *, name: str, preset: str) -> Membership:
    """Create a workspace as its preset says; whoever creates it administers it."""
    workspace = Workspace.objects.create(
        name=name, slug=_free_slug(name), preset=preset, modules=presets.default_modules(preset)
    )
    role = Group.objects.get(name=roles.ADMINISTRATOR)
    membership = Membership.objects.create(user=by, workspace=workspace, role=role)
    tell(by, "workspace.created", workspace, workspace=workspace, name=name, preset=preset)
    return membership


def _free_slug(name: str) -> str:
    slug = slugify(name)[:SLUG_LENGTH].strip("-") or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    candidates = [slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 2))]
    return next(candidate for candidate in candidates if candidate not in taken)


@transaction.atomic
def change_workspace(by: Membership, wanted: WorkspaceSettings) -> tuple[str, ...]:
    """Give the workspace these settings, at the same address; return the names of those that changed.

    Raises ModuleNotAllowed, DutiesStaySeparate. Nothing is written or told when nothing changed.
    """
    if not set(wanted.modules) <= presets.PRESETS[wanted.preset].allowed:
        raise ModuleNotAllowed
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace_id)
    if wanted.preset not in presets.reachable(workspace.preset):
        raise DutiesStaySeparate
    values = asdict(wanted) | {"modules": presets.ordered(wanted.modules)}
    new = {name: value for name, value in values.items() if value != getattr(workspace, name)}
    if new:
        changes = {name: [getattr(workspace, name), value] for name, value in new.items()}
        for name, value in new.items():
            setattr(workspace, name, value)
        workspace.save(update_fields=[*new])
        tell(by.user, "workspace.changed", workspace, workspace=workspace, **changes)
    return tuple(new)
