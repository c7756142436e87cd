"""`vigie audit verify|erase`."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Annotated

from django.db import connection
from django_typer.management import TyperCommand, command, initialize
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typer import Argument, BadParameter, Option, confirm, prompt

from vigie.errors import VigieError
from vigie.governance import operations, queries
from vigie.governance.chain import Verdict
from vigie.governance.models import AuditChain, AuditEntry
from vigie.governance.operations import Erasure
from vigie.runtime.instance import has_database
from vigie.site import soundness
from vigie.site.templatetags.vigie import timecode

INSTALLATION = "(installation)"
"""What the chain is called that is no workspace's."""


class Tampered(VigieError):
    """The record was tampered with."""


class NothingToErase(VigieError):
    """There is nothing to erase."""


class NothingToVerify(VigieError):
    """Vigie has never run on this data folder: there is no audit log."""


class Command(TyperCommand):
    """The audit log."""

    help = "Look after the audit log, and the sound it stands for."

    @initialize()
    def audit(self) -> None:
        """Look after the audit log, and the sound it stands for."""

    @command()
    def verify(
        self,
        *,
        sound: Annotated[bool, Option(help="Read the sound of every live, too.")] = True,
        as_json: Annotated[bool, Option("--json", help="Print one JSON object a chain and a live.")] = False,
    ) -> None:
        """Verify every chain of the audit log, and all sound kept; fail where anything was tampered with."""
        logs = [(chain, queries.verified(chain)) for chain in chains()]
        lives = list(verified_lives()) if sound else []
        broken = [log_line(*log) for log in logs if not log[1].is_intact]
        broken += [sound_line(live) for live in lives if not live.is_intact]
        if as_json:
            objects = [*(log_object(*log) for log in logs), *map(sound_object, lives)]
            lines = [json.dumps(each) for each in objects]
        else:
            lines = [log_line(*log) for log in logs]
            lines += [sound_line(live) for live in lives if not live.is_intact] or summary(lives)
        for line in lines:
            self.stdout.write(line)
        if broken:
            more = f" (and {len(broken) - 1} more)" if broken[1:] else ""
            raise Tampered(f"{broken[0]}{more}")

    @command()
    def erase(
        self,
        workspace: Annotated[str, Argument(help=f"Its address, or {INSTALLATION}.")],
        what: Annotated[str, Argument(help="The position of an entry (12), or an object (alert:12): all about it.")],
        *,
        reason: Annotated[str, Option(help="Why. Asked for where it is missing.")] = "",
        by: Annotated[str, Option(help="Who decided it. Asked for where it is missing.")] = "",
        yes: Annotated[bool, Option("--yes", help="Do not ask whether to go on.")] = False,
    ) -> None:
        """Erase the content of entries for good. That they were, and that it was erased, stays in the log."""
        entries = to_erase(workspace, what)
        for entry in entries:
            self.stdout.write(entry_line(entry))
        erasure = Erasure(reason=asked(reason, "Why is it erased"), decided_by=asked(by, "Who decided it"))
        if not yes:
            confirm("Erase the content of what is listed, for good?", abort=True)
        operations.erase_payloads(entries, erasure)
        self.stdout.write(f"Contents erased: {len(entries)}.")


def asked(words: str, question: str) -> str:
    """Return what was said, or what is answered until it says something."""
    while not words.strip():
        words = prompt(question)
    return words.strip()


def to_erase(workspace: str, what: str) -> list[AuditEntry]:
    """Return the entries that are asked for and have a content. Raises NothingToErase, BadParameter."""
    chain = next((chain for chain in chains() if name_of(chain) == workspace), None)
    if chain is None:
        raise NothingToErase(f"There is no audit log of a workspace {workspace!r}.")
    try:
        entries = list(queries.unerased(chain, what).select_related("chain"))
    except (ValueError, OverflowError) as error:
        raise BadParameter(f"{what!r} is neither a position (12) nor an object (alert:12).") from error
    if not entries:
        raise NothingToErase(f"{workspace}: {what} has no content to erase.")
    return entries


def entry_line(entry: AuditEntry) -> str:
    """Return what an entry is, without its content: reading that is an act of its own, on the audit page."""
    about = f"{entry.object_type} {entry.object_id}".strip()
    return f"{entry.position:>8}  {entry.at:%Y-%m-%d %H:%M:%S}Z  {entry.verb}  {about}".rstrip()


def chains() -> list[AuditChain]:
    """Return every chain there is. Raises NothingToVerify."""
    if not has_database() or AuditChain._meta.db_table not in connection.introspection.table_names():
        raise NothingToVerify
    return list(AuditChain.objects.select_related("workspace").order_by("pk"))


def name_of(chain: AuditChain) -> str:
    """Return what a chain is called: the address of its workspace."""
    return chain.workspace.slug if chain.workspace else INSTALLATION


def verified_lives() -> Iterator[soundness.Verdict]:
    """Yield what is found of each live; how far that is stands on standard error meanwhile."""
    lives = soundness.sealed()
    with progress_bar() as bar:
        task = bar.add_task("sound", total=sum(segments for _, _, segments in lives))
        for live, workspace, segments in lives:
            yield soundness.verified(live, workspace, segments)
            bar.advance(task, segments)


def progress_bar() -> AbstractContextManager[Progress]:
    """Return a bar on standard error; on anything but a terminal it draws nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def log_line(chain: AuditChain, verdict: Verdict) -> str:
    """Return the verdict on a chain in words."""
    if verdict.is_intact:
        counts = f"entries: {verdict.entries}, of them erased: {verdict.erased}"
        return f"{name_of(chain)}: intact; {counts}; head {chain.head}"
    return f"{name_of(chain)}: broken at position {verdict.position}: {verdict.fault}"


def sound_line(verdict: soundness.Verdict) -> str:
    """Return what is wrong with the sound of a live in words."""
    return f"{verdict.workspace}: live {verdict.live}: sound {verdict.fault} from {timecode(verdict.at_s or 0.0)} on"


def summary(lives: list[soundness.Verdict]) -> list[str]:
    """Return a line on lives whose sound is whole; none where there are none."""
    segments = sum(live.segments for live in lives)
    return [f"sound: intact; segments: {segments}, lives: {len(lives)}"] if lives else []


def log_object(chain: AuditChain, verdict: Verdict) -> dict[str, object]:
    """Return the verdict on a chain as docs/reference/cli.md promises it."""
    return {
        "type": "log",
        "workspace": name_of(chain),
        "intact": verdict.is_intact,
        "head": chain.head,
        "entries": verdict.entries,
        "erased": verdict.erased,
        "fault": verdict.fault,
        "position": verdict.position,
    }


def sound_object(verdict: soundness.Verdict) -> dict[str, object]:
    """Return the verdict on the sound of a live as docs/reference/cli.md promises it."""
    return {
        "type": "sound",
        "workspace": verdict.workspace,
        "live": verdict.live,
        "intact": verdict.is_intact,
        "segments": verdict.segments,
        "fault": verdict.fault,
        "at_s": verdict.at_s,
    }
