import pytest

from tests.factories import make_channel, make_live, make_membership
from vigie.governance.models import AuditEntry
from vigie.site import operations

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verb", ["transcript.read", "transcript.exported"])
def test_record_reading_says_who_read_what(verb: str) -> None:
    reader = make_membership()
    live = make_live(make_channel(reader.workspace))

    operations.record_reading(live, reader, verb)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id, entry.object_type, entry.object_id) == (
        verb,
        reader.user_id,
        "live",
        str(live.pk),
    )
    assert entry.chain.workspace == reader.workspace
