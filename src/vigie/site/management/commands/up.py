"""`vigie up`."""

from contextlib import ExitStack
from typing import Annotated

import structlog
from django.conf import settings
from django_typer.management import TyperCommand
from typer import Option

from vigie.people import operations as people
from vigie.runtime import clock, engine
from vigie.site import logs, program, upkeep
from vigie.speech import recognizers
from vigie.speech.management.commands import models

log = structlog.get_logger(__name__)


class Command(TyperCommand):
    """The control room."""

    help = "Run the control room: pages, watching, engine; all in one process, or some roles of it."

    def handle(
        self,
        only: Annotated[list[program.Role] | None, Option(help="Run only this role (repeat for several).")] = None,
    ) -> None:
        """Run until interrupted."""
        options = settings.OPTIONS
        roles = frozenset(only or program.Role)
        logs.configure(options.log_format)
        with ExitStack() as held:
            engine.reach_broker()
            held.enter_context(program.exclusive(roles))
            listener = (
                held.enter_context(program.listening(options.host, options.port)) if program.Role.WEB in roles else None
            )
            copy = upkeep.migrate(clock.now())
            if copy:
                self.stderr.write(f"The tables were brought up to date. Copy of the former database: {copy}")
            if program.Role.WORK in roles:
                models.offer()
                if trouble := recognizers.missing():
                    log.warning("speech.nothing_heard", fix=trouble)
            if listener:
                self.greet()
            program.run(roles, listener)

    def greet(self) -> None:
        """Say where the pages are and, the first time, how to become the administrator."""
        self.stdout.write(f"Vigie: {settings.PUBLIC_URL}")
        link = people.first_link(clock.now())
        if link:
            self.stdout.write(f"First administrator (this link works once): {settings.PUBLIC_URL}{link}")
        self.stdout.flush()
