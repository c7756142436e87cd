"""Tables of the runtime: who owns what for how long, how much may be spent, what is known to be broken.

And the columns that make any row a unit of work.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkState(models.TextChoices):
    """Where a unit of work stands."""

    PENDING = "pending", _("waiting")
    RUNNING = "running", _("in progress")
    DONE = "done", _("done")
    SKIPPED = "skipped", _("skipped")
    FAILED = "failed", _("failed")


UNFINISHED = (WorkState.PENDING, WorkState.RUNNING)
"""States of work that is still to come."""


class WorkUnit(models.Model):
    """A row that is work: the engine only wakes it, the row is the truth. See `runtime.ledger`."""

    state = models.CharField(max_length=12, choices=WorkState, default=WorkState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    """Why it was skipped or failed, in one line."""

    class Meta:
        abstract = True


class Lease(models.Model):
    """Who owns a resource until when. A token grows at every change of owner and fences off the former one."""

    resource = models.CharField(max_length=100, primary_key=True)
    owner = models.CharField(max_length=100, blank=True)
    token = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """Nobody takes it before; whoever waited longest goes first. None: at once, as of when a claimant sees it."""

    def __str__(self) -> str:
        return f"{self.resource} -> {self.owner or '-'} ({self.token})"


class Bucket(models.Model):
    """A token bucket shared by every process: `runtime.limits`."""

    key = models.CharField(max_length=200, primary_key=True)
    tokens = models.FloatField()
    refilled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key}: {self.tokens:.1f}"


class Breaker(models.Model):
    """A circuit breaker shared by every process: `runtime.breaker`."""

    key = models.CharField(max_length=200, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    opened_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.failures}"


class StoredKey(models.Model):
    """A random key of the installation, sealed: `runtime.fingerprints`."""

    name = models.CharField(max_length=40, primary_key=True)
    sealed = models.TextField()

    class Meta:
        verbose_name = _("stored key")

    def __str__(self) -> str:
        return self.name


class Traffic(models.Model):
    """How much was asked of a vendor in an hour: `runtime.gate`."""

    key = models.CharField(max_length=200)
    hour = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("traffic")
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="one_count_an_hour")]

    def __str__(self) -> str:
        return f"{self.key} {self.hour:%Y-%m-%d %H}: {self.requests}"
