"""Second factors that were kept in the clear are sealed, and still work."""

from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps

from tests.factories import make_user
from vigie.runtime.sealing import unseal

migration = import_module("vigie.people.migrations.0002_seal_second_factors")

pytestmark = pytest.mark.django_db


def test_what_lay_in_the_clear_is_sealed_and_can_be_opened_again() -> None:
    user = make_user()
    factor = Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    codes = Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "abc", "used_mask": 5})

    migration.forward(apps, None)

    factor.refresh_from_db()
    codes.refresh_from_db()
    assert unseal(factor.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert (unseal(codes.data["seed"]), codes.data["used_mask"]) == ("abc", 5)

    migration.backward(apps, None)

    codes.refresh_from_db()
    assert codes.data == {"seed": "abc", "used_mask": 5}
