"""`vigie models`."""

import json
import sys
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Annotated

from django.conf import settings
from django_typer.management import TyperCommand, command, initialize
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from typer import Argument, Option, confirm

from vigie.speech import modelstore, recognizers

Name = Annotated[str, Argument(help=f"One of: {', '.join(modelstore.OFFERS)}.")]


class Command(TyperCommand):
    """The speech models of this machine."""

    help = "List, get or remove speech models."

    @initialize()
    def models(self) -> None:
        """List, get or remove speech models."""

    @command(name="list")
    def list_models(
        self, *, as_json: Annotated[bool, Option("--json", help="One JSON object a model.")] = False
    ) -> None:
        """Show which models there are, which are here, and which one is used."""
        for entry in modelstore.listed():
            self.stdout.write(json.dumps(asdict(entry)) if as_json else as_line(entry))

    @command()
    def get(self, name: Name) -> None:
        """Fetch a model, or the rest of it."""
        is_new = fetch(name)
        self.stdout.write(f"The model {name} is ready." if is_new else f"The model {name} is here already.")

    @command()
    def remove(self, name: Name) -> None:
        """Delete a model from this machine."""
        self.stdout.write(f"Removed {name}: {megabytes(modelstore.remove(name))} freed.")


def offer() -> None:
    """Where the model that is wanted is missing and a person sits at the terminal, offer to fetch it.

    Trouble with it is told and hinders nothing: what waits is heard once a model is here.
    """
    name = settings.OPTIONS.model
    is_asked = sys.stdin.isatty() and sys.stderr.isatty()
    if not is_asked or settings.OPTIONS.offline or name not in modelstore.OFFERS or not recognizers.lacking_model():
        return
    size = megabytes(modelstore.OFFERS[name].size_bytes)
    if confirm(f"No speech model is installed. Fetch {name}, {size}?", err=True):
        try:
            fetch(name)
        except modelstore.NotFetched as error:
            sys.stderr.write(f"{error}\n")


def fetch(name: str) -> bool:
    """Fetch a model, its progress shown; return False when it is here already. Raises what modelstore.get does."""
    with progress_bar() as bar:
        task = bar.add_task(name, total=None)
        return modelstore.get(name, lambda there, total: bar.update(task, completed=there, total=total))


def as_line(entry: modelstore.Entry) -> str:
    """Return a model in words."""
    state = "here" if entry.is_here else f"vigie models get {entry.name}"
    used = "   (VIGIE_MODEL)" if entry.is_used else ""
    return f"{entry.name:<12}{megabytes(entry.size_bytes):>9}   {state}{used}"


def megabytes(size_bytes: int) -> str:
    """Return a size as people read it."""
    return f"{size_bytes / 1e6:.0f} MB"


def progress_bar() -> AbstractContextManager[Progress]:
    """Return a bar on standard error; on anything but a terminal it draws nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = Console(stderr=True)
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal)
