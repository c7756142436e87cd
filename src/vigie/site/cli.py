"""The command line: `vigie COMMAND`. Each command is a Django management command in the area it belongs to."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import django
from django.core.management import CommandError, ManagementUtility, execute_from_command_line, get_commands

from vigie.errors import VigieError
from vigie.site import options

COMMANDS = {
    "up": "run the control room: pages, watching, engine",
    "demo": "the same on local simulators: no account, no key, no network",
    "watch": "watch one live or media file here: words, verdicts, alerts",
    "assess": "judge a text, a file of texts or the standard input",
    "models": "list, get or remove speech models",
    "audit": "verify the audit chains",
    "doctor": "what is missing, and the exact fix",
}
THROWAWAY = {"demo", "watch"}
"""Commands that keep nothing: they run on a data folder of their own, removed at the end."""


def main() -> None:
    """Run one command; trouble is one line on stderr. Exit status 0 done, 1 failed, 2 wrong usage."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vigie.site.settings")
    try:
        sys.exit(run(sys.argv[1:]))
    except CommandError as error:
        sys.stderr.write(f"vigie: {error} (vigie {sys.argv[1]} --help says more)\n")
        sys.exit(2)
    except VigieError as error:
        sys.exit(f"vigie: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def run(arguments: list[str]) -> int:
    """Run the command that `arguments` begin with; return the exit status unless the command exits itself."""
    if arguments in ([], ["help"], ["-h"], ["--help"]):
        sys.stdout.write(usage())
        return 0 if arguments else 2
    with throwaway_data() if arguments[0] in THROWAWAY else nullcontext():
        django.setup()
        if arguments[0] not in {*get_commands(), "help"}:
            sys.stderr.write(f"vigie: there is no command {arguments[0]!r}; `vigie help` lists them.\n")
            return 2
        if arguments[0] not in COMMANDS:
            execute_from_command_line(["vigie", *arguments])
            return 0
        command = ManagementUtility(["vigie", *arguments]).fetch_command(arguments[0])
        # wrong usage is handed to us, not told with a page of help: found by the parser, or by a subcommand
        command._traceback = True  # type: ignore[attr-defined]  # noqa: SLF001 -- read before the option below is
        command.run_from_argv(["vigie", arguments[0], "--traceback", *arguments[1:]])
    return 0


def usage() -> str:
    """Return the list of commands."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return "\n".join(["usage: vigie COMMAND [OPTIONS]   (vigie COMMAND --help says more)", "", *lines, ""])


@contextmanager
def throwaway_data() -> Iterator[None]:
    """Put the data folder into a temporary one; speech models stay where the operator keeps them.

    SIGTERM ends the block as Ctrl+C does: the folder, with the sound that was heard, goes in any case.
    """
    former = os.environ.copy()
    former_handler = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    models = options.load().models_folder()
    with tempfile.TemporaryDirectory(prefix="vigie-", ignore_cleanup_errors=True) as folder:
        os.environ |= {"VIGIE_MODELS_DIR": str(models), "VIGIE_DATA_DIR": folder}
        options.load.cache_clear()
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, former_handler)
            os.environ.clear()
            os.environ.update(former)
            options.load.cache_clear()
