"""`vigie doctor`."""

from typing import Annotated

from django_typer.management import TyperCommand
from rich.console import Console
from rich.markup import escape
from typer import Exit, Option

from vigie.runtime.terminal import visible
from vigie.site import checkup
from vigie.site.foreground import as_json


class Command(TyperCommand):
    """What is missing."""

    help = "Look at this installation: what it has, what it lacks, and the exact fix."

    def handle(self, *, json: Annotated[bool, Option("--json", help="One JSON object a line.")] = False) -> None:
        """Print every finding; exit status 1 when something is missing."""
        console = Console(highlight=False, emoji=False)
        found = list(checkup.findings())
        for each in found:
            if json:
                as_json({"what": each.what, "ok": each.is_well, "words": each.words, "fix": each.fix})
                continue
            mark = "[dim]ok[/]     " if each.is_well else "[bold]missing[/]"
            fix = f"  [bold]{escape(visible(each.fix))}[/]" if each.fix else ""
            console.print(f"{mark}  {each.what:<14} {escape(visible(each.words))}{fix}", soft_wrap=True)
        if not all(each.is_well for each in found):
            raise Exit(1)
