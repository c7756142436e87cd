"""People in the admin pages, for whoever operates the installation."""

from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.admin import AuthenticatorAdmin as AllauthAuthenticatorAdmin
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from vigie.people import presets
from vigie.people.forms import ReaderForm
from vigie.people.models import ApiKey, ConnectedAccount, Invitation, Membership, Module, RoleGrant, User, Workspace
from vigie.people.operations.refusals import ModuleNotAllowed
from vigie.people.operations.telling import tell

admin.site.site_header = admin.site.site_title = "Vigie"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign] # limits and second factor hold here


class AccountedAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic for mypy only
    """A table that decides who may do what: whoever changes it here stands in the audit log."""

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """Account for a new row."""
        _account(request, "admin.added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """Account for a change; `message` names the fields."""
        _account(request, "admin.changed", obj, fields=message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        """Account for rows that are about to go."""
        for row in queryset:
            _account(request, "admin.removed", row)
        return super().log_deletions(request, queryset)


@transaction.atomic
def _account(request: HttpRequest, verb: str, row: models.Model, **payload: object) -> None:
    workspace = row if isinstance(row, Workspace) and verb != "admin.removed" else getattr(row, "workspace", None)
    tell(cast("User", request.user), verb, row, workspace=workspace, named=str(row), **payload)


class AccountChangeForm(ReaderForm, UserChangeForm):  # type: ignore[type-arg] # generic for mypy only
    """An account, in a language and a time zone that there are."""


@admin.register(User)
class UserAdmin(AccountedAdmin, DjangoUserAdmin):  # type: ignore[type-arg] # generic for mypy only
    """Accounts."""

    form = AccountChangeForm
    list_display = ("username", "email", "first_name", "last_name", "language", "is_staff", "is_active", "last_login")
    fieldsets = (*(DjangoUserAdmin.fieldsets or ()), (_("Reading"), {"fields": ("language", "time_zone", "theme")}))
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "usable_password", "password1", "password2")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's
        """Save; a former e-mail neither signs in nor gets a link for a new password any more."""
        super().save_model(request, obj, form, change)
        EmailAddress.objects.filter(user_id=obj.pk).exclude(email__iexact=obj.email).delete()


class WorkspaceChangeForm(forms.ModelForm):  # type: ignore[type-arg] # generic for mypy only
    """A workspace with parts that there are, and that its kind allows."""

    modules = forms.MultipleChoiceField(
        label=capfirst(_("modules")), choices=Module, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what no page of the workspace could have led to."""
        data = super().clean() or {}
        kind = presets.PRESETS.get(data.get("preset", ""))
        if kind and not set(data.get("modules", [])) <= kind.allowed:
            self.add_error("modules", str(ModuleNotAllowed()))
        return data


@admin.register(Workspace)
class WorkspaceAdmin(AccountedAdmin):
    """Workspaces."""

    form = WorkspaceChangeForm
    list_display = ("name", "slug", "preset", "alert_threshold", "created_at")
    list_filter = ("preset",)
    search_fields = ("name", "slug")


@admin.register(Membership)
class MembershipAdmin(AccountedAdmin):
    """Who is where."""

    list_display = ("user", "workspace", "role", "joined_at")
    list_filter = ("workspace", "role")
    list_select_related = ("user", "workspace", "role")
    search_fields = ("user__username", "user__email")
    autocomplete_fields = ("user", "workspace")


@admin.register(Invitation)
class InvitationAdmin(AccountedAdmin):
    """Links that were given; made on the page about people, where the link is shown."""

    list_display = ("workspace", "role", "email", "invited_by", "created_at", "expires_at", "accepted_at")
    list_filter = ("workspace", "role")
    list_select_related = ("workspace", "role", "invited_by")
    exclude = ("token_sha256",)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False: without its link an invitation is of no use."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False."""
        return False


@admin.register(RoleGrant)
class RoleGrantAdmin(AccountedAdmin):
    """What Vigie gave to each role; removing a row gives the permission again at the next migration."""

    list_display = ("role", "permission")
    list_filter = ("role",)


@admin.register(ConnectedAccount)
class ConnectedAccountAdmin(AccountedAdmin):
    """Accounts of platforms, without their tokens; made on the page about connections."""

    list_display = ("workspace", "platform", "login", "state", "reason", "validated_at", "connected_by")
    list_filter = ("platform", "state", "workspace")
    list_select_related = ("workspace", "connected_by")
    exclude = ("access_token", "refresh_token")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False: only whoever may use an account can connect it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False."""
        return False


@admin.register(ApiKey)
class ApiKeyAdmin(AccountedAdmin):
    """Keys of programs, without their hash; made on the page about keys, where the key is shown."""

    list_display = ("workspace", "name", "prefix", "made_by", "made_at", "last_used_at", "expires_at", "revoked_at")
    list_filter = ("workspace",)
    list_select_related = ("workspace", "made_by")
    search_fields = ("name", "prefix")
    exclude = ("key_sha256",)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False: nobody would ever see the key."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False."""
        return False


admin.site.unregister([Group, Authenticator])


@admin.register(Group)
class GroupAdmin(AccountedAdmin, DjangoGroupAdmin):
    """The roles."""


@admin.register(Authenticator)
class AuthenticatorAdmin(AccountedAdmin, AllauthAuthenticatorAdmin):
    """Second factors, without their secret; removing one lets a person in who lost their telephone."""

    exclude = ("data",)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False: only the person themselves sets one up."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 -- Django's signature
        """Return False."""
        return False
