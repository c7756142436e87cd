"""`vigie assess`."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from django.conf import settings
from django.core.management import CommandError
from django.utils import translation
from django_typer.management import TyperCommand
from rich.console import Console
from rich.text import Text
from typer import Argument, Option

from vigie.errors import VigieError
from vigie.ports import HIGH, MEDIUM, Analyst, LanguageIdentifier, TextToAssess, Verdict
from vigie.risk import analysts
from vigie.risk.justification import justify
from vigie.risk.languages import language_of
from vigie.risk.models import Subject
from vigie.runtime import registry
from vigie.runtime.arguments import known_language
from vigie.runtime.terminal import visible
from vigie.watch.models import Reach

STANDARD_INPUT = "-"


class NotReadable(VigieError):
    """The texts cannot be read."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A text and what was made of it."""

    seq: int
    text: str
    language: str
    verdict: Verdict
    analyst: str

    @property
    def justification(self) -> str:
        """Why, in the active language."""
        label = analysts.shipped_label(self.verdict.target, translation.get_language() or "")
        return justify(self.verdict.signals, label)


class Command(TyperCommand):
    """Judges texts by the rules that come with Vigie; needs no workspace and no database."""

    requires_system_checks = ()  # they read every page of the site, and take longer than the judging
    help = "Judge a text, a file of texts or the standard input. It ranks work for a human and concludes nothing."

    def handle(
        self,
        text: Annotated[str | None, Argument(help="The text; - for the standard input, one text a line.")] = None,
        *,
        file: Annotated[Path | None, Option(help="A file with one text a line.")] = None,
        analyst: Annotated[str, Option(help=f"Who judges: {', '.join(analysts.NAMES)}.")] = "rules",
        language: Annotated[
            str,
            Option(
                callback=known_language,
                help="Language expected (ISO 639-1); what is clearly in another is read as such.",
            ),
        ] = "",
        as_json: Annotated[bool, Option("--json", help="One JSON object a line.")] = False,
    ) -> None:
        """Print a verdict a text, in the order the texts come."""
        if (text is None) == (file is None):
            raise CommandError("Give a text, or --file FILE, or - to read the standard input.")
        judge = analysts.named(analyst)
        console = Console(file=self.stdout, highlight=False, soft_wrap=True)  # type: ignore[arg-type] # writes and tells isatty
        for judged in judged_one_by_one(judge, texts(text, file), language):
            if as_json:
                self.stdout.write(json.dumps(as_object(judged), ensure_ascii=False))
                self.stdout.flush()
            else:
                console.print(as_words(judged))


def texts(text: str | None, file: Path | None) -> Iterator[str]:
    """Yield the texts to judge, as they come in. Raises NotReadable."""
    if file is not None:
        yield from _lines_of(file)
    elif text == STANDARD_INPUT:
        for line in sys.stdin.buffer:
            yield line.decode(errors="replace").rstrip("\r\n")
    else:
        yield (text or "").encode(errors="replace").decode()


def _lines_of(file: Path) -> Iterator[str]:
    try:
        with file.open(encoding="utf-8-sig", newline="\n") as lines:
            for line in lines:
                yield line.rstrip("\r\n")
    except UnicodeDecodeError:
        raise NotReadable(f"{file} is not a text file in UTF-8.") from None
    except OSError as error:
        raise NotReadable(f"{file} cannot be read: {error.strerror}.") from None


def judged_one_by_one(judge: Analyst, lines: Iterator[str], language: str) -> Iterator[Judged]:
    """Yield what the analyst makes of each text."""
    identifier = registry.get(LanguageIdentifier)
    for seq, text in enumerate(lines, start=1):
        spoken = language_of(text, language, identifier)
        (verdict,) = judge.assess([TextToAssess(text, spoken)])
        yield Judged(seq, text, spoken, verdict, judge.name)


def as_object(judged: Judged) -> dict[str, object]:
    """Return a verdict as docs/reference/cli.md promises it."""
    verdict = judged.verdict
    with translation.override(settings.LANGUAGE_CODE):
        justification = judged.justification
    return {
        "type": "assessment",
        "of": Subject.UTTERANCE.value,
        "seq": judged.seq,
        "category": verdict.category,
        "score": verdict.score,
        "hateful": verdict.hateful,
        "reach": Reach.LOW.value,
        "target": verdict.target,
        "spans": [[span.start, span.end] for span in verdict.spans],
        "justification": justification,
        "analyst": judged.analyst,
        "state": verdict.state,
        "text": judged.text,
        "language": judged.language,
    }


def as_words(judged: Judged) -> Text:
    """Return a verdict for a person: score, category, the text with its spans, and why."""
    verdict = judged.verdict
    style = "red" if verdict.score >= HIGH else "yellow" if verdict.score >= MEDIUM else "dim"
    said = Text(visible(judged.text))  # of the same length, as the spans ask
    for span in verdict.spans:
        said.stylize(f"{style} underline" if verdict.score >= MEDIUM else "underline", span.start, span.end)
    figure = f"{verdict.score:.2f} {verdict.category}" if verdict.state == "analysed" else verdict.state
    return Text.assemble((f"{figure:<12}", style), "  ", said, "\n", (f"{'':<14}{judged.justification}", "dim"))
