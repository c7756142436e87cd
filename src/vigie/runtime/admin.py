"""The runtime's rows in the admin: removing one makes it start afresh."""

from django.contrib import admin
from django.http import HttpRequest

from vigie.runtime.models import Breaker, Bucket, Lease, StoredKey, Traffic


@admin.register(Lease)
class LeaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic for mypy only
    """Who owns what."""

    list_display = ("resource", "owner", "token", "expires_at")


@admin.register(Bucket)
class BucketAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic for mypy only
    """What may still be spent."""

    list_display = ("key", "tokens", "refilled_at")


@admin.register(Breaker)
class BreakerAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic for mypy only
    """What is known to be broken."""

    list_display = ("key", "failures", "opened_until")


@admin.register(StoredKey)
class StoredKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic for mypy only
    """Which keys there are; never their value. Whoever removes one starts Vigie anew: it makes another."""

    list_display = ("name",)
    fields = ("name",)
    readonly_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- Django's name
        """Nobody types a key."""
        return False


@admin.register(Traffic)
class TrafficAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic for mypy only
    """How much was asked of vendors."""

    list_display = ("key", "hour", "requests", "failures")
    list_filter = ("key",)
