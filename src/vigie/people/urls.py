"""Addresses about people: those of a workspace, and those outside any."""

from allauth.account import forms as account_forms
from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.urls import path, re_path

from vigie.people import api_keys, connections, queries, views
from vigie.people.forms import worded

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/<int:pk>/role/", views.member_role, name="member-role"),
    path("people/<int:pk>/remove/", views.member_remove, name="member-remove"),
    path("invitations/<int:pk>/renew/", views.invitation_renew, name="invitation-renew"),
    path("invitations/<int:pk>/revoke/", views.invitation_revoke, name="invitation-revoke"),
    path("connections/", connections.connections, name="connections"),
    path("connections/connect/", connections.connect, name="connection-connect"),
    path("connections/<int:pk>/disconnect/", connections.disconnect, name="connection-disconnect"),
    path("settings/", views.workspace_settings, name="workspace-settings"),
    path("settings/api-keys/", api_keys.keys, name="api-keys"),
    path("settings/api-keys/<int:pk>/revoke/", api_keys.revoke, name="api-key-revoke"),
]

# What django-allauth offers, as far as Vigie uses it.
entrance = {
    "may_sign_up": settings.OPTIONS.open_signup,
    "has_mail": bool(settings.OPTIONS.email_url),
    "needs_set_up": queries.needs_set_up,
}
accounts = [
    path(
        "login/",
        account.LoginView.as_view(form_class=worded(account_forms.LoginForm), extra_context=entrance),
        name="account_login",
    ),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.SignupView.as_view(form_class=worded(account_forms.SignupForm)), name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path(
        "reauthenticate/",
        account.ReauthenticateView.as_view(form_class=worded(account_forms.ReauthenticateForm)),
        name="account_reauthenticate",
    ),
    path(
        "password/change/",
        account.PasswordChangeView.as_view(form_class=worded(account_forms.ChangePasswordForm)),
        name="account_change_password",
    ),
    path(
        "password/set/",
        account.PasswordSetView.as_view(form_class=worded(account_forms.SetPasswordForm)),
        name="account_set_password",
    ),
    path(
        "password/reset/",
        account.PasswordResetView.as_view(form_class=worded(account_forms.ResetPasswordForm), extra_context=entrance),
        name="account_reset_password",
    ),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",  # a key has hyphens of its own
        account.PasswordResetFromKeyView.as_view(form_class=worded(account_forms.ResetPasswordKeyForm)),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("second-factor/", mfa.index, name="mfa_index"),
    path("second-factor/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("second-factor/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]

outside = [
    path("", views.home, name="home"),
    path("setup/<str:token>/", views.setup, name="setup"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("connections/<slug:platform>/callback/", connections.callback, name="connection-callback"),
    path("profile/", views.profile, name="profile"),
    path("workspaces/add/", views.workspace_add, name="workspace-add"),
]
