"""`vigie audit verify`."""

import json
from typing import Annotated

from django.db import connection
from django_typer.management import TyperCommand, command, initialize
from typer import Option

from vigie.errors import VigieError
from vigie.governance import queries
from vigie.governance.chain import Verdict
from vigie.governance.models import AuditChain
from vigie.runtime.instance import has_database


class BrokenChain(VigieError):
    """The audit log was tampered with."""


class NothingToVerify(VigieError):
    """Vigie has never run on this data folder: there is no audit log."""


class Command(TyperCommand):
    """The audit log."""

    help = "Look after the audit log."

    @initialize()
    def audit(self) -> None:
        """Look after the audit log."""

    @command()
    def verify(
        self,
        *,
        as_json: Annotated[bool, Option("--json", help="Print one JSON object a chain.")] = False,
    ) -> None:
        """Verify every chain of the audit log; fail where one was tampered with."""
        if not has_database() or AuditChain._meta.db_table not in connection.introspection.table_names():
            raise NothingToVerify
        verdicts = {
            name_of(chain): queries.verified(chain)
            for chain in AuditChain.objects.select_related("workspace").order_by("pk")
        }
        for name, verdict in verdicts.items():
            self.stdout.write(json.dumps(as_object(name, verdict)) if as_json else as_line(name, verdict))
        broken = [as_line(name, verdict) for name, verdict in verdicts.items() if not verdict.is_intact]
        if broken:
            raise BrokenChain("; ".join(broken))


def name_of(chain: AuditChain) -> str:
    """Return what a chain is called: the address of its workspace."""
    return chain.workspace.slug if chain.workspace else "(installation)"


def as_line(name: str, verdict: Verdict) -> str:
    """Return a verdict in words."""
    if verdict.is_intact:
        return f"{name}: intact, {verdict.entries} entries, {verdict.erased} of them with an erased payload"
    return f"{name}: broken at position {verdict.position}: {verdict.fault}"


def as_object(name: str, verdict: Verdict) -> dict[str, object]:
    """Return a verdict as docs/reference/cli.md promises it."""
    return {
        "workspace": name,
        "intact": verdict.is_intact,
        "entries": verdict.entries,
        "erased": verdict.erased,
        "fault": verdict.fault,
        "position": verdict.position,
    }
