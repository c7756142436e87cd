"""The administration shows how clips are doing; no secret, and nothing of what they are about."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.clips.rows import make_clip
from tests.factories import NOW
from vigie.clips.models import Clip, ClipName, ClipSettings, ObsInstance, Poster, ShareLink
from vigie.runtime.sealing import seal

pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_models() if model._meta.app_label == "clips" and not model._meta.auto_created]
HIDDEN = ("ana_writes", "amazing-word", "a title of ours", "a note of ours", "ana_writes_amazing.mp4", "f" * 64)


@pytest.fixture
def clip() -> Clip:
    """A clip with something of each kind."""
    clip = make_clip(chatter="ana_writes", trigger="amazing-word", title="a title of ours", note="a note of ours")
    ClipName.objects.all().delete()
    ClipName.objects.create(clip=clip, name="ana_writes_amazing.mp4", given_at=NOW)
    Poster.objects.update_or_create(clip=clip, defaults={"jpeg": b"a picture"})
    ShareLink.objects.create(clip=clip, token_hash="f" * 64, made_at=NOW, expires_at=NOW + timedelta(days=1))
    ClipSettings.objects.create(workspace=clip.workspace)
    ObsInstance.objects.create(workspace=clip.workspace, name="Studio", sealed_password=seal("s3cret"), changed_at=NOW)
    return clip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_row_can_be_looked_at_and_none_tells_what_it_is_about(
    clip: Clip, operator: Client, model: type[Model]
) -> None:
    row = model._meta.default_manager.get()  # type: ignore[union-attr] # every model has one
    name = f"admin:clips_{model._meta.model_name}"

    pages = [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])]
    shown = [operator.get(page) for page in pages]

    assert [page.status_code for page in shown] == [200, 200]
    for hidden in (*HIDDEN, ObsInstance.objects.get().sealed_password):
        assert all(hidden not in page.content.decode() for page in shown)
    assert operator.post(pages[1], {}).status_code == 403
