"""`vigie demo`."""

from contextlib import ExitStack

from django.conf import settings
from django_typer.management import TyperCommand

from vigie.ports import Reach
from vigie.runtime import clock
from vigie.site import bootstrap, demo, logs, program, upkeep
from vigie.site.studio import Studio

EVERYTHING = frozenset(program.Role)


class Command(TyperCommand):
    """The control room on simulated lives."""

    help = "Run the control room on simulated lives: no account, no key, no network; nothing is kept."

    def handle(self) -> None:
        """Run until interrupted."""
        options = settings.OPTIONS
        logs.configure(options.log_format)
        with ExitStack() as held:
            listener = held.enter_context(program.listening(options.host, options.port))
            upkeep.migrate(clock.now())
            studio = held.enter_context(Studio())
            bootstrap.let_sources_reach(Reach.NETWORK, studio.vendors)
            account = demo.furnish(studio, clock.now())
            self.stdout.write(f"Vigie: {settings.PUBLIC_URL}")
            self.stdout.write(f"Sign in as {account.username} with the password {account.password}")
            self.stdout.write("Lives of the web, TikTok and Twitch are simulated; Ctrl-C ends them, nothing is kept.")
            self.stdout.flush()
            program.run(EVERYTHING, listener)
