"""How the operations of this area account for themselves."""

from django.db import models

from vigie.events import Acted
from vigie.people.models import User, Workspace
from vigie.runtime import bus


def tell(
    by: User | None, verb: str, subject: models.Model, *, workspace: Workspace | None = None, **payload: object
) -> None:
    """Publish what `by`, or Vigie itself, did to `subject`; in the chain of `workspace`, or of the installation."""
    bus.publish(
        Acted(
            workspace_id=workspace.pk if workspace else None,
            actor_id=by.pk if by else None,
            verb=verb,
            subject_type=subject._meta.model_name or "",
            subject_id=str(subject.pk),
            payload=payload,
        )
    )
