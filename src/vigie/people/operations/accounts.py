"""People: their account, what they say of themselves."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from vigie.events import Acted
from vigie.people.models import User
from vigie.people.operations.telling import tell
from vigie.runtime import bus, limits
from vigie.runtime.limits import Budget

PROFILE = ("first_name", "last_name", "language", "time_zone", "theme")
"""What a person says of themselves."""
REFUSALS = Budget(capacity=20, per_s=1 / 60)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Who wants in; validated by `people.forms`."""

    username: str
    email: str
    password: str


def newcomer(**fields: object) -> User:
    """Return a person who is not saved yet, in the language of the moment and the time zone of the installation."""
    return User(language=get_language() or settings.LANGUAGE_CODE, time_zone=settings.TIME_ZONE, **fields)


@transaction.atomic
def create_account(account: NewAccount, *, is_operator: bool = False) -> User:
    """Create a person, in the language of the moment; an operator may also use the admin pages."""
    user = newcomer(
        username=account.username, email=account.email.lower(), is_staff=is_operator, is_superuser=is_operator
    )
    user.set_password(account.password)
    user.save(force_insert=True)
    tell(user, "account.created", user, username=user.username, email=user.email)
    return user


@transaction.atomic
def update_profile(user: User) -> None:
    """Save what a person says of themselves: names, language, time zone, theme."""
    former = User.objects.values(*PROFILE).get(pk=user.pk)
    changed = {name: [value, getattr(user, name)] for name, value in former.items() if value != getattr(user, name)}
    if changed:
        user.save(update_fields=changed)
        bus.publish(Acted(None, user.pk, "profile.changed", "user", str(user.pk), changed))


@transaction.atomic
def account_for(user: User, verb: str) -> None:
    """Account for something that django-allauth did for a person: signed in, changed a password, ..."""
    tell(user, verb, user)


@transaction.atomic
def account_for_refusal(user: User | None, verb: str, now: datetime) -> None:
    """Account for a password or a code that was refused, and for the account it was tried on, if there is one.

    `REFUSALS` bounds that for each account, and for all unknown names together: nobody fills the log from outside.
    """
    if limits.take(f"refusals:{user.pk if user else ''}", REFUSALS, now) == 0:
        subject = ("user", str(user.pk)) if user else ("", "")
        bus.publish(Acted(None, None, verb, *subject))
