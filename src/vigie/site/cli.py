"""The command line: `vigie COMMAND`. Each command is a Django management command in the area it belongs to."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, ManagementUtility, execute_from_command_line, get_commands
from django.db import DatabaseError, DataError, IntegrityError, ProgrammingError
from django.utils import translation

from vigie import __version__
from vigie.errors import VigieError
from vigie.runtime.terminal import hush, open_streams, visible
from vigie.site import options

LANGUAGE = "en"
"""What the command line speaks, whatever the locale: programs and manuals quote it."""

COMMANDS = {
    "up": "run the control room: pages, watching, engine",
    "demo": "the same on local simulators: no account, no key, no network",
    "watch": "watch one live or media file here: words, verdicts, alerts",
    "assess": "judge a text, a file of texts or the standard input",
    "models": "list, get or remove speech models",
    "rules": "try rules on what was recorded",
    "import-config": "take over the configuration of the TikTok Live Chat Detector",
    "audit": "verify the record, or erase what entries say",
    "doctor": "what is missing, and the exact fix",
}
THROWAWAY = {"demo", "watch"}
"""Commands that keep nothing: they run on a data folder of their own, removed at the end."""


def main() -> None:
    """Run one command; trouble is one line on stderr. Exit status 0 done, 1 failed, 2 wrong usage."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vigie.site.settings")
    open_streams()
    sys.exit(attempt(sys.argv[1:]))


def attempt(arguments: list[str]) -> int:  # noqa: PLR0911 -- an exit status a kind of trouble
    """Run one command; return its exit status, having told trouble that is no fault of Vigie in one line."""
    try:
        return run(arguments)
    except CommandError as error:
        return fail(f"{error} (vigie {arguments[0]} --help says more)", status=2)
    except VigieError as error:
        return fail(str(error))
    except (DataError, IntegrityError, ProgrammingError):
        raise  # a fault of Vigie: with its trace
    except (DatabaseError, ImproperlyConfigured) as error:
        first_line, *_ = str(error).strip().splitlines()
        return fail(f"The database cannot be used: {first_line}")
    except BrokenPipeError:  # nobody reads any more: nothing to tell, and nobody to be told
        hush()
        return 1
    except OSError as error:
        hush()
        return fail(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    except KeyboardInterrupt:
        return 130


def fail(trouble: str, *, status: int = 1) -> int:
    """Tell trouble in one line; return the exit status."""
    sys.stderr.write(f"vigie: {visible(trouble)}\n")
    return status


def run(arguments: list[str]) -> int:
    """Run the command that `arguments` begin with; return the exit status unless the command exits itself."""
    if arguments in ([], ["help"], ["-h"], ["--help"]):
        sys.stdout.write(usage())
        return 0 if arguments else 2
    if arguments == ["--version"]:
        sys.stdout.write(f"vigie {__version__}\n")
        return 0
    arguments = [arguments[0].replace("-", "_") if arguments[0] in COMMANDS else arguments[0], *arguments[1:]]
    with throwaway_data() if arguments[0] in THROWAWAY else nullcontext():
        django.setup()
        translation.activate(LANGUAGE)
        if arguments[0] not in {*get_commands(), "help"}:
            sys.stderr.write(f"vigie: there is no command {arguments[0]!r}; `vigie help` lists them.\n")
            return 2
        if arguments[0].replace("_", "-") not in COMMANDS:
            execute_from_command_line(["vigie", *arguments])
            return 0
        command = ManagementUtility(["vigie", *arguments]).fetch_command(arguments[0])
        # wrong usage is handed to us, not told with a page of help: found by the parser, or by a subcommand
        command._traceback = True  # type: ignore[attr-defined]  # noqa: SLF001 -- read before the option below is
        try:
            command.run_from_argv(["vigie", arguments[0], "--traceback", *arguments[1:]])
        finally:
            sys.stdout.flush()  # here, where trouble with it is told
    return 0


def usage() -> str:
    """Return the list of commands."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return "\n".join(["usage: vigie COMMAND [OPTIONS]   (vigie COMMAND --help says more)", "", *lines, ""])


@contextmanager
def throwaway_data() -> Iterator[None]:
    """Put the data folder into a temporary one; speech models stay where the operator keeps them.

    SIGTERM ends the block as Ctrl+C does, in the background too, where shells let a program ignore that: the folder,
    with the sound that was heard, goes in any case.
    """
    former = os.environ.copy()
    former_interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    former_end = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    models = options.load().models_folder()
    with tempfile.TemporaryDirectory(prefix="vigie-", ignore_cleanup_errors=True) as folder:
        os.environ |= {"VIGIE_MODELS_DIR": str(models), "VIGIE_DATA_DIR": folder}
        options.load.cache_clear()
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, former_end)
            signal.signal(signal.SIGINT, former_interrupt)
            os.environ.clear()
            os.environ.update(former)
            options.load.cache_clear()
