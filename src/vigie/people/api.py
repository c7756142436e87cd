"""What all paths of the API have in common: who is let in, and as whom; lists by pages; refusals."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import Annotated, Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.utils.translation import override
from ninja import Field, Schema
from ninja.errors import AuthorizationError, HttpError, Throttled
from ninja.operation import Operation
from ninja.params import functions as param_functions
from ninja.utils import check_csrf, contribute_operation_args, contribute_operation_callback
from pydantic import AfterValidator, ConfigDict, StringConstraints

from vigie.errors import VigieError
from vigie.people import operations, queries
from vigie.people.models import ApiKey, Membership, User
from vigie.people.permissions import Predicate, WorkspaceRequest
from vigie.people.wording import SCOPES
from vigie.runtime import clock, limits

BUDGET = limits.Budget(capacity=120, per_s=10.0)
"""Requests by one key: so many at once, so many a second from then on."""
A_VISIT = limits.Budget(capacity=1.0, per_s=1.0 / 3600.0)
WORKSPACE: Any = param_functions.Path(..., description="The address of the workspace, as in the links to its pages.")
NOT_ALLOWED = "This needs a permission that the key, or the person, does not have."

Row = TypeVar("Row", bound=Model)


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text holds no NUL")
    return text


STORABLE = AfterValidator(_storable)
"""Of a text: a database takes it."""
Text = Annotated[str, StringConstraints(max_length=5000), STORABLE]


class Asked(Schema):
    """What a request says; nothing else is taken."""

    model_config = ConfigDict(extra="forbid")


class KeyOrSession:
    """Lets in whoever has a key; a person who is signed in, too, as far as Django's check of CSRF tokens lets them.

    Where a key is given, it alone counts, and nothing that a browser sends by itself. Raises Throttled.
    """

    openapi_security_schema = {"type": "http", "scheme": "bearer", "description": "A key of the workspace: `vgk_…`"}

    def __call__(self, request: HttpRequest) -> ApiKey | User | None:
        """Return the key, or the person; None for a stranger."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return _key(key.strip()) if scheme.lower() == "bearer" else _person(request)


def _key(given: str) -> ApiKey | None:
    now = clock.now()
    found = queries.find_key(given, now)
    if found is None:
        return None
    if wait_s := limits.take(f"api:{found.pk}", BUDGET, now):
        raise Throttled(math.ceil(wait_s))
    operations.note_use(found, now)
    return found


def _person(request: HttpRequest) -> User | None:
    if not isinstance(request.user, User):
        return None
    if check_csrf(request):
        raise HttpError(403, "A request by session needs the header X-CSRFToken; a program uses a key instead.")
    return request.user


# ── as whom ────────────────────────────────────────────────────────────────────────────────────────────────────────


def allowed(predicate: Predicate) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a path be asked for by members of the workspace in it for whom `predicate` holds; a key acts for its maker.

    Others get 404 (not a member, or a key of another workspace: whether it exists is not told) or 403. Its words are
    English.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: WorkspaceRequest, *, workspace: str, **asked: object) -> Any:
            caller: ApiKey | User = request.auth  # type: ignore[attr-defined] # by ninja
            member = _member(caller, workspace)
            if member is None:
                raise Http404
            if not predicate(member):
                raise AuthorizationError(message=NOT_ALLOWED)
            request.membership, request.workspace, request.user = member, member.workspace, member.user
            with operations.acting_by(caller) if isinstance(caller, ApiKey) else nullcontext(), override("en"):
                return view(request, **asked)

        contribute_operation_args(guarded, "workspace", str, WORKSPACE)
        contribute_operation_callback(guarded, lambda operation: _tell_needs(operation, predicate))
        return guarded

    return decorate


def _member(caller: ApiKey | User, slug: str) -> Membership | None:
    if isinstance(caller, User):
        return queries.member_in(caller, slug)
    return queries.acting_for(caller) if caller.workspace.slug == slug else None


def needs(predicate: Predicate) -> list[str]:
    """Return the scopes without which `predicate` does not hold, in the order in which they are offered."""
    return [scope for scope in SCOPES if not predicate(_holder(SCOPES.keys() - {scope}))]


def _holder(scopes: set[str]) -> Membership:
    member = Membership()
    member.permissions = frozenset(scopes)
    return member


def _tell_needs(operation: Operation, predicate: Predicate) -> None:
    """Say in the OpenAPI document what a path needs."""
    operation.openapi_extra = {**(operation.openapi_extra or {}), "x-scopes": needs(predicate)}


# ── what is asked and answered ─────────────────────────────────────────────────────────────────────────────────────


Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""Of a row."""


class Paged(Schema):
    """Which part of a list is asked for."""

    after: Id | None = Field(None, description="What `next` was on the page before.")
    limit: int = Field(50, ge=1, le=200, description="How many at most.")


def page_of(rows: QuerySet[Row], paged: Paged, *, newest_first: bool = True) -> tuple[list[Row], int | None]:
    """Return a page of rows by their ids, and where the next one begins; None after the last. One query.

    Nothing is left out and nothing comes twice, whatever is added meanwhile.
    """
    beyond = {"pk__lt" if newest_first else "pk__gt": paged.after} if paged.after else {}
    found = list(rows.filter(**beyond).order_by("-pk" if newest_first else "pk")[: paged.limit + 1])
    shown = found[: paged.limit]
    return shown, shown[-1].pk if len(found) > paged.limit else None


def flaw_of(form: BaseForm) -> str:
    """Return the first thing that is wrong with a form of a page: where, and what."""
    [(name, flaws), *_] = form.errors.items()
    return str(flaws[0]) if name == NON_FIELD_ERRORS else f"{name}: {flaws[0]}"


@contextmanager
def refusing(status: int, *kinds: type[VigieError]) -> Iterator[None]:
    """Answer with a status, and with the words of the error, where one of these kinds is raised."""
    try:
        yield
    except kinds as error:
        raise HttpError(status, str(error)) from error


def reads_anew(reader: Membership, what: str) -> bool:
    """Return whether a reader, or one of their keys, asks for something for the first time within an hour.

    Programs ask again and again: that is accounted for once an hour.
    """
    return not limits.take(f"reading {what}: {reader.pk} {operations.key_in_use()}", A_VISIT, clock.now())
