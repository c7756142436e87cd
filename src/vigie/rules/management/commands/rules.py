"""`vigie rules dry-run`."""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO

from django_typer.management import TyperCommand, command, initialize
from typer import Argument, Option

from vigie.errors import VigieError
from vigie.rules import actions, document, dryrun, recording
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import Outcome
from vigie.runtime.terminal import visible

STANDARD_INPUT = "-"
LONGEST_LINE = 1_000_000
MOST_BYTES = 4 * document.MOST_CHARS


class NotReadable(VigieError):
    """The file cannot be read."""


class Command(TyperCommand):
    """Rules; needs no workspace and no database."""

    requires_system_checks = ()  # they read every page of the site, and take longer than the run
    help = "Try rules on what was recorded."

    @initialize()
    def rules(self) -> None:
        """Try rules on what was recorded."""

    @command("dry-run")
    def dry_run(
        self,
        rules: Annotated[Path, Argument(help="The rules, YAML.")],
        recorded: Annotated[Path, Argument(help="What happened, one JSON object a line; - for the standard input.")],
        *,
        as_json: Annotated[bool, Option("--json", help="One JSON object a line.")] = False,
    ) -> None:
        """Print when the rules would have acted, and when they would have held back, and why."""
        acted = held = 0
        for outcome in dryrun.run(dryrun.rulings(_rules(rules)), _recorded(recorded)):
            acted, held = acted + (outcome.held is None), held + (outcome.held is not None)
            self.stdout.write(json.dumps(dryrun.as_object(outcome), ensure_ascii=False) if as_json else _line(outcome))
        if not as_json:
            times = "once" if acted == 1 else f"{acted} times"
            self.stdout.write(f"Would have acted {times}, and held back {held}.")


def _rules(path: Path) -> list[RuleSpec]:
    """Return the rules of a file. Raises NotReadable, BadRules, BadAction."""
    with _opened(path) as file:
        written = file.read(MOST_BYTES + 1)
    if len(written) > MOST_BYTES:
        raise NotReadable(f"{path} has more than {MOST_BYTES:,} bytes.")
    specs = document.read(_text(path, written))
    for spec in specs:
        actions.check(spec)
    return specs


def _recorded(path: Path) -> Iterator[Occurrence]:
    """Yield what a file tells, in order. Raises NotReadable, BadRecording."""
    try:
        yield from recording.read(_lines(path))
    except recording.BadRecording as error:
        raise recording.BadRecording(f"{path}, {error}") from None


def _lines(path: Path) -> Iterator[str]:
    with _opened(path) as file:
        for number, line in enumerate(iter(partial(file.readline, LONGEST_LINE), b""), 1):
            if len(line) == LONGEST_LINE:
                raise NotReadable(f"{path}, line {number}: it has {LONGEST_LINE:,} bytes or more.")
            yield _text(path, line)


def _opened(path: Path) -> AbstractContextManager[BinaryIO]:
    if str(path) == STANDARD_INPUT:
        return nullcontext(sys.stdin.buffer)
    try:
        return path.open("rb")
    except OSError as error:
        raise NotReadable(f"{path} cannot be read: {error.strerror}.") from None


def _text(path: Path, written: bytes) -> str:
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotReadable(f"{path} is not a text file in UTF-8.") from None


def _line(outcome: Outcome) -> str:
    """Return an outcome in one line for a person."""
    last = outcome.occurrences[-1]
    does = f"held back, {outcome.held}" if outcome.held else "acts"
    what = [dryrun.called(last), last.text and f"“{last.text}”"]
    who = " ".join(filter(None, what))
    return visible("  ".join(filter(None, [dryrun.stamp(outcome.at), f"{outcome.ruling.spec.name}: {does}", who])))
