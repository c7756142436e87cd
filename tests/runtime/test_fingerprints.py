"""Fingerprints: the same for the life of the installation, whatever becomes of its secret key."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django.fixtures import Settings

from vigie.runtime import fingerprints
from vigie.runtime.fingerprints import fingerprint, forget
from vigie.runtime.models import StoredKey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """There is a key, and what a test made known is known to no other."""
    fingerprint("")
    forget()
    yield
    forget()


def test_fingerprint_is_always_the_same_and_tells_texts_apart() -> None:
    before = fingerprint("tiktok:1")
    forget()

    assert fingerprint("tiktok:1") == before
    assert len({fingerprint(f"tiktok:{number}") for number in range(1000)}) == 1000


class Shape(TestCase):
    """A fingerprint has one form."""

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_any_text_has_one(self, text: str) -> None:
        assert len(bytes.fromhex(fingerprint(text))) == 16


def test_key_was_made_with_the_tables_and_is_sealed() -> None:
    row = StoredKey.objects.get()

    assert (row.name, str(row)) == ("fingerprints", "fingerprints")
    assert row.sealed.startswith("gAAAA")


def test_another_secret_key_changes_no_fingerprint(settings: Settings) -> None:
    before, former = fingerprint("tiktok:1"), str(settings.SECRET_KEY)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [former]
    forget()

    assert fingerprint("tiktok:1") == before


def test_a_key_that_cannot_be_opened_is_replaced_so_that_chats_go_on(settings: Settings) -> None:
    before = fingerprint("tiktok:1")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", []
    forget()

    after = fingerprint("tiktok:1")
    forget()

    assert before != after == fingerprint("tiktok:1")


def test_the_key_is_read_once_a_process(django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator] # a fixture that is called
        assert {fingerprint("tiktok:1") for _ in range(3)} == {fingerprint("tiktok:1")}


def test_a_key_that_was_removed_is_made_anew() -> None:
    before = fingerprint("tiktok:1")
    StoredKey.objects.all().delete()
    forget()

    after = fingerprint("tiktok:1")

    assert after != before
    assert fingerprint("tiktok:1") == after


def test_a_key_whose_transaction_fails_is_not_kept() -> None:
    StoredKey.objects.all().delete()
    with transaction.atomic():
        lost = fingerprint("tiktok:1")
        transaction.set_rollback(True)

    assert fingerprint("tiktok:1") != lost
    assert StoredKey.objects.count() == 1


def test_the_admin_shows_which_keys_there_are_and_no_value() -> None:
    page = admin.site.get_model_admin(StoredKey)

    assert (page.list_display, page.fields) == (("name",), ("name",))


def test_a_new_key_is_another_each_time() -> None:
    assert fingerprints.new_key() != fingerprints.new_key()
