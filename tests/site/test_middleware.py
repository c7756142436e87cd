"""What every answer carries."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from vigie.people.models import User
from vigie.site.middleware import content_security_policy, kept_nowhere


def test_content_security_policy_allows_no_inline_code_and_no_other_host() -> None:
    answer = content_security_policy(lambda _: HttpResponse())(RequestFactory().get("/"))

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_content_security_policy_leaves_a_stricter_one_alone() -> None:
    strict = HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

    answer = content_security_policy(lambda _: strict)(RequestFactory().get("/"))

    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"


def test_content_security_policy_lets_the_page_name_its_own_styles() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.csp_nonce)  # type: ignore[attr-defined]

    answers = [content_security_policy(page)(RequestFactory().get("/")) for _ in range(2)]

    nonces = [answer.content.decode() for answer in answers]
    assert all(
        f"'nonce-{nonce}'" in answer["Content-Security-Policy"] for nonce, answer in zip(nonces, answers, strict=True)
    )
    assert nonces[0] != nonces[1]


@pytest.mark.parametrize(
    ("user", "headers", "policy"),
    [
        (User(), {}, "max-age=0, no-cache, no-store, must-revalidate, private"),
        (User(), {"Cache-Control": "private, max-age=3600"}, "private, max-age=3600"),
        (AnonymousUser(), {}, None),
    ],
)
def test_pages_of_a_reader_are_kept_nowhere(
    user: User | AnonymousUser, headers: dict[str, str], policy: str | None
) -> None:
    request = RequestFactory().get("/")
    request.user = user

    assert kept_nowhere(lambda _: HttpResponse(headers=headers))(request).get("Cache-Control") == policy
