"""The audit chain: who did or saw what, in an order nobody can change."""

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from vigie.governance import chain
from vigie.people.models import Workspace


class AuditChain(models.Model):
    """The head of one workspace's chain, or of the installation's (no workspace). Locked while an entry is added."""

    workspace = models.OneToOneField(Workspace, null=True, on_delete=models.PROTECT, related_name="audit_chain")
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default=chain.GENESIS)

    class Meta:
        verbose_name = _("audit chain")
        verbose_name_plural = _("audit chains")
        constraints = [
            # a unique column lets any number of rows have no workspace
            models.UniqueConstraint(Coalesce("workspace", models.Value(0)), name="one_chain_a_workspace"),
        ]

    def __str__(self) -> str:
        return f"chain {self.pk} ({self.length})"


class AuditEntry(models.Model):
    """One act. Holds no personal data: the payload lies beside it and can be erased without breaking the chain."""

    chain = models.ForeignKey(AuditChain, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveBigIntegerField()
    """1, 2, 3, ... without a hole."""
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    """The person, or None for Vigie itself. Not a foreign key: the entry outlives the account."""
    verb = models.CharField(max_length=60)
    """`alert.decided`, `channel.added`, `transcript.read`, ..."""
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    commitment = models.CharField(max_length=64)
    """HMAC-SHA-256 of the payload under the payload's own key."""
    hash = models.CharField(max_length=64)
    """SHA-256 over the former hash and every field above."""

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        permissions = [("read_audit", "Can read and verify the audit log")]
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="one_entry_a_position")]
        indexes = [
            # the history of one alert, one channel, ...
            models.Index(fields=["object_type", "object_id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.verb}"


class AuditPayload(models.Model):
    """What an entry is about, and the key that binds it to the entry. May be deleted (erasure), never changed."""

    entry = models.OneToOneField(AuditEntry, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    key = models.BinaryField(max_length=32)
    body = models.TextField()
    """Canonical JSON."""

    class Meta:
        verbose_name = _("audit payload")
        verbose_name_plural = _("audit payloads")

    def __str__(self) -> str:
        return f"payload of {self.entry_id}"
