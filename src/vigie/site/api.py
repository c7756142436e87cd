"""The API: the areas' paths below `/api/v1/`, what is answered where one is refused, and the page about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, Throttled, ValidationError

from vigie import __version__
from vigie.clips.api import router as clips
from vigie.errors import VigieError
from vigie.people.api import KeyOrSession
from vigie.rules.api import router as rules
from vigie.watch.api import router as watch

api = NinjaAPI(
    title="Vigie",
    version=__version__,
    description='What can be done on the pages, for programs. Errors are `{"error": "one line"}`; moments are UTC.',
    auth=KeyOrSession(),
    docs_url=None,  # its own pages come with inline scripts, or from another host: see `docs`
    urls_namespace="api",
)
elsewhere = Router()


@elsewhere.api_operation(["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:path}", include_in_schema=False)
def nowhere(request: HttpRequest, path: str) -> None:  # noqa: ARG001 -- ninja wants both by these names
    """Answer as everywhere where there is no such path, to who may know."""
    raise Http404


for area in (watch, rules, clips):
    api.add_router("/w/{slug:workspace}", area)
api.add_router("", elsewhere)  # last: it takes whatever is left


# ── refusals ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _refuse(request: HttpRequest, status: int, error: str) -> HttpResponse:
    response = api.create_response(request, {"error": " ".join(error.split())}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Say why something was refused, and when to ask again."""
    status = error.status_code
    if status == HTTPStatus.UNAUTHORIZED:
        response = _refuse(request, status, "Give a key that is in force: Authorization: Bearer vgk_…")
        response["WWW-Authenticate"] = "Bearer"
        return response
    response = _refuse(request, status, error.message)
    if isinstance(error, Throttled):
        response["Retry-After"] = str(error.wait)
    return response


@api.exception_handler(Http404)
def not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    """Say that there is nothing, of whatever kind."""
    return _refuse(request, HTTPStatus.NOT_FOUND, "There is nothing here.")


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name the first flaw: where it is, and what."""
    flaw = error.errors[0]
    source, *steps = flaw["loc"]
    where = ".".join(str(step) for step in (steps[1:] if source == "body" else steps))  # its first is our own name
    what = f"{flaw['msg'].removeprefix('Value error, ')}."
    return _refuse(request, HTTPStatus.BAD_REQUEST, f"{where}: {what}" if where else what)


@api.exception_handler(VigieError)
def wrong(request: HttpRequest, error: VigieError) -> HttpResponse:
    """Say in one line why something was not done."""
    with override("en"):
        return _refuse(request, HTTPStatus.BAD_REQUEST, str(error))


@api.exception_handler(SuspiciousOperation)
def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Refuse what is too large, or malformed."""
    if isinstance(error, RequestDataTooBig):
        return _refuse(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is too large.")
    return _refuse(request, HTTPStatus.BAD_REQUEST, "This cannot be understood.")


# ── what there is ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ApiPath:
    """Something that can be asked for, as the documentation lists it."""

    method: str
    path: str
    summary: str
    note: str
    scopes: list[str]
    asked: list[str]
    """Names of what may be added to the address."""
    tag: str


@cache
def paths() -> list[ApiPath]:
    """Return everything that can be asked for, from the OpenAPI document, in its order."""
    return [
        _path(method, address, told)
        for address, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
        for method, told in methods.items()
    ]


def _path(method: str, address: str, told: dict[str, Any]) -> ApiPath:
    asked = [parameter["name"] for parameter in told["parameters"] if parameter["in"] == "query"]
    note = " ".join(told.get("description", "").split())
    return ApiPath(method.upper(), address, told["summary"], note, told["x-scopes"], asked, told["tags"][0])


MARKED = ((re.compile(r"`(.+?)`"), r"<code>\1</code>"), (re.compile(r"\*(.+?)\*"), r"<i>\1</i>"))
"""The little Markdown that our docstrings have."""


def marked(text: str) -> SafeString:
    """Return words of ours as HTML: what is code, and what is meant literally, looks like it."""
    html: str = escape(text)
    for pattern, element in MARKED:
        html = pattern.sub(element, html)
    return mark_safe(html)  # noqa: S308 -- escaped


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show everything that can be asked for. English, as the answers are."""
    return render(
        request, "api_docs.html", {"api": api, "about": marked(api.description), "sections": list(_sections())}
    )


def _sections() -> Iterator[tuple[str, list[tuple[ApiPath, SafeString]]]]:
    for tag in dict.fromkeys(path.tag for path in paths()):
        yield tag, [(path, marked(path.note)) for path in paths() if path.tag == tag]
