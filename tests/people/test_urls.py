import pytest
from django.urls import NoReverseMatch, resolve, reverse


@pytest.mark.parametrize("name", ["account_email", "account_confirm_email", "socialaccount_login", "mfa_list_webauthn"])
def test_pages_of_django_allauth_that_are_not_ours_have_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_key_for_a_new_password_is_taken_whole() -> None:
    found = resolve("/accounts/password/reset/key/1a-cx2y-0f3e/")

    assert (found.url_name, found.kwargs) == ("account_reset_password_from_key", {"uidb36": "1a", "key": "cx2y-0f3e"})
