"""Why something asked for is not done, in words for the person who asked."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vigie.errors import VigieError


class Refused(VigieError):
    """What was asked is not allowed; the message is for the person who asked."""

    words: ClassVar[Promise | str] = ""

    def __init__(self) -> None:
        """Take the words in the language of the moment."""
        super().__init__(str(self.words))


class LinkNotValid(Refused):
    """The link was used, replaced or revoked, or has expired."""

    words = _("This link is not valid any more: it was used, replaced or revoked, or has expired.")


class AlreadyMember(Refused):
    """The person is in this workspace already."""

    words = _("You are in this workspace already.")


class MayNotGrant(Refused):
    """Nobody grants, or takes away, a role that may do more than their own."""

    words = _("This role may do more than yours: only someone who holds it can give it or take it away.")


class OwnRole(Refused):
    """Nobody changes their own role."""

    words = _("Nobody changes their own role. Ask another administrator.")


class LastAdministrator(Refused):
    """A workspace keeps at least one person who manages its people."""

    words = _("This is the last administrator of the workspace. Name another one first.")


class DutiesStaySeparate(Refused):
    """Whom the separation of duties binds cannot lift it."""

    words = _("In this kind of workspace duties are separated; only the operator of the installation can change that.")


class ModuleNotAllowed(Refused):
    """The kind of workspace does not allow this module."""

    words = _("This kind of workspace does not allow one of these modules.")


class ScopesRefused(Refused):
    """The platform allows less than it was asked for."""

    words = _("The platform allows less than Vigie asked for. Nothing was changed.")


class ConsentNotValid(Refused):
    """Nobody here asked for this consent, or it was used, or asked for too long ago."""

    words = _("This consent was not asked for here, or too long ago. Nothing was changed: connect the account again.")


class ConsentRefused(Refused):
    """The person said no on the platform's page of consent."""

    words = _("You did not consent. Nothing was changed.")


class ConsentFailed(Refused):
    """The platform ended the page of consent with an error of its own."""

    words = _("The platform could not ask you. Nothing was changed: try again, or tell your operator.")


class OtherAccount(Refused):
    """Another account came back than the one to be connected anew."""

    words = _("You are signed in there with another account. Nothing was changed: sign out there, and try again.")


class MayNotLend(Refused):
    """A key may do some of what whoever makes it may do, and something."""

    words = _("A key may do some of what you may do yourself: choose at least one thing, and nothing else.")


class KeyNotValid(Refused):
    """The key was revoked already."""

    words = _("This key was revoked already.")
