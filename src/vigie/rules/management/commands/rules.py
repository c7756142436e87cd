"""`vigie rules dry-run`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TextIO

from django.utils.translation import ngettext
from django_typer.management import TyperCommand, command, initialize
from typer import Argument, Option

from vigie.errors import VigieError
from vigie.rules import document, dryrun, recording
from vigie.rules.occurrences import Occurrence
from vigie.rules.standing import Outcome
from vigie.runtime.terminal import visible

STANDARD_INPUT = "-"


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
        specs = document.read(_text(rules))
        acted = held = 0
        for outcome in dryrun.run(dryrun.rulings(specs), _recorded(recorded)):
            acted, held = acted + (outcome.held is None), held + (outcome.held is not None)
            shown = json.dumps(dryrun.as_object(outcome), ensure_ascii=False) if as_json else _line(outcome)
            self.stdout.write(shown)
        if not as_json:
            times = ngettext("Would have acted %(times)d time", "Would have acted %(times)d times", acted)
            self.stdout.write(f"{times % {'times': acted}}, and held back {held}.")


def _recorded(path: Path) -> Iterator[Occurrence]:
    if str(path) == STANDARD_INPUT:
        yield from recording.read(sys.stdin)
        return
    with _opened(path) as lines:
        try:
            yield from recording.read(lines)
        except UnicodeDecodeError:
            raise NotReadable(f"{path}: this is no text in UTF-8.") from None
        except recording.BadRecording as error:
            raise recording.BadRecording(f"{path}, {error}") from None


def _opened(path: Path) -> TextIO:
    if not path.is_file():
        raise NotReadable(f"{path}: there is no such file.")
    return path.open(encoding="utf-8-sig")


def _text(path: Path) -> str:
    with _opened(path) as file:
        try:
            return str(file.read())
        except UnicodeDecodeError:
            raise NotReadable(f"{path}: this is no text in UTF-8.") from None


def _line(outcome: Outcome) -> str:
    """Return an outcome in one line for a person."""
    last = outcome.occurrences[-1]
    what = visible(" ".join(part for part in (last.user, f"“{last.text}”" if last.text else "") if part))
    does = f"held back, {outcome.held}" if outcome.held else "acts"
    return f"{dryrun.stamp(outcome.at)}  {outcome.ruling.spec.name}: {does}{'  ' + what if what else ''}"
