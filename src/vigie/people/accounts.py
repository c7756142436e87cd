"""Our answers to django-allauth, and what it does for people, told in the audit log."""

import base64
import secrets
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account import signals as account
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa import signals as mfa
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest

from vigie.people import mails, operations, queries
from vigie.people.models import User
from vigie.runtime import clock
from vigie.runtime.sealing import CannotUnseal, seal, unseal

log = structlog.get_logger(__name__)

TOLD: dict[Signal, str] = {
    account.user_signed_up: "account.created",
    account.user_logged_in: "account.signed_in",
    account.user_logged_out: "account.signed_out",
    account.password_changed: "account.password_changed",
    account.password_reset: "account.password_reset",
    mfa.authenticator_added: "account.second_factor_added",
    mfa.authenticator_removed: "account.second_factor_removed",
    mfa.authenticator_reset: "account.recovery_codes_renewed",
}


class AccountAdapter(DefaultAccountAdapter):
    """How accounts come to be: by invitation, or openly where the operator allows it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth's signature
        """Return whether anyone may create an account."""
        return bool(settings.OPTIONS.open_signup)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the address at which a new password is chosen; that of the settings, where they tell it."""
        url = urlsplit(super().get_reset_password_from_key_url(key))
        return mails.address(self.request, url.path)

    def new_user(self, request: HttpRequest) -> User:  # noqa: ARG002 -- allauth's signature
        """Return whoever signs up openly."""
        return operations.newcomer()

    def logout(self, request: HttpRequest) -> None:
        """Sign out: who hears of it finds the session gone."""
        with transaction.atomic():
            super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002 -- allauth's signature
        """Account for a password that was refused; what was typed is kept nowhere."""
        login = credentials.get("username") or credentials.get("email") or ""
        operations.account_for_refusal(queries.account_called(login), "account.password_refused", clock.now())


class SecondFactorAdapter(DefaultMFAAdapter):
    """How the secrets of second factors are kept: sealed."""

    def encrypt(self, text: str) -> str:
        """Return what is kept of a secret."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret. Where it cannot be read, a new one that nobody has: no code fits, nobody gets in by it."""
        try:
            return unseal(encrypted_text)
        except CannotUnseal as error:
            log.warning("second_factor_unreadable", error=str(error))
            return base64.b32encode(secrets.token_bytes(20)).decode()


def connect() -> None:
    """Account for what django-allauth does from now on."""
    for signal in TOLD:
        signal.connect(_tell, dispatch_uid="people.accounts")
    mfa.authentication_failed.connect(_tell_refused, dispatch_uid="people.accounts")


def _tell(signal: Signal, user: User | None, **_: Any) -> None:
    if user is not None:
        operations.account_for(user, TOLD[signal])


def _tell_refused(user: User, **_: Any) -> None:
    operations.account_for_refusal(user, "account.code_refused", clock.now())
