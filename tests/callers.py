"""Programs that call the API: keys for tests, and requests as JSON."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.factories import NOW, make_membership
from vigie.people import operations
from vigie.people.models import Membership, Role, Workspace
from vigie.people.operations import IssuedKey
from vigie.people.wording import SCOPES


def make_key(by: Membership, *scopes: str, expires_at: datetime | None = None) -> IssuedKey:
    """Return a key that may do what is said; nothing said: all that its maker may and the API asks for."""
    wanted = scopes or tuple(scope for scope in SCOPES if by.may(scope))
    return operations.make_key(by, name="A program", scopes=wanted, expires_at=expires_at, now=NOW)


@dataclass
class Caller:
    """A program with a key, or a browser with a session that it brings itself."""

    workspace: Workspace
    key: str = ""
    client: Client = field(default_factory=Client)

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> HttpResponse:
        """Return the answer to a request below the workspace; what is no text is sent as JSON."""
        told = {"Authorization": f"Bearer {self.key}", **headers} if self.key else headers
        address = f"/api/v1/w/{self.workspace.slug}/{path}"
        body = {} if data is None else {"data": data, "content_type": "application/json"}
        if isinstance(data, str | bytes):
            body["content_type"] = "application/yaml"
        return getattr(self.client, method.lower())(address, headers=told, **body)  # type: ignore[no-any-return]

    def get(self, path: str, **headers: str) -> Any:
        """Return what is answered to GET, as data: it is no refusal."""
        return said(self.ask("GET", path, **headers))

    def post(self, path: str, data: Any = None) -> Any:
        """Return what is answered to POST, as data: it is no refusal."""
        return said(self.ask("POST", path, data))


def said(answer: HttpResponse) -> Any:
    """Return what a program is answered, as data: it is no refusal."""
    assert answer.status_code < 400, answer.content
    return answer.json() if answer.content else None  # type: ignore[attr-defined]


def refusal(answer: HttpResponse) -> tuple[int, str]:
    """Return the status and the words of a refusal."""
    assert answer.status_code >= 400, answer.content
    [(name, words)] = answer.json().items()  # type: ignore[attr-defined]
    assert name == "error"
    assert "\n" not in words
    return answer.status_code, words


def make_caller(*scopes: str, workspace: Workspace | None = None, role: str = Role.ADMINISTRATOR) -> Caller:
    """Return a program with a key of a new member; nothing said: it may do all that the member may."""
    member = make_membership(role, workspace=workspace)
    return Caller(member.workspace, make_key(member, *scopes).key)
