"""`vigie watch`."""

import logging
from typing import Annotated

from django.conf import settings
from django.utils.translation import get_language
from django_typer.management import TyperCommand
from typer import Argument, Option

from vigie.events import LiveStarted
from vigie.ports import Reach
from vigie.runtime import bus, clock
from vigie.runtime.arguments import known_language
from vigie.site import bootstrap, foreground, logs, upkeep
from vigie.speech import recognizers
from vigie.speech.management.commands import models


class Command(TyperCommand):
    """One live or media file."""

    help = "Watch one live or media file here: what is said, what to make of it, alerts. Nothing is kept."

    def handle(  # noqa: PLR0913 -- the options of the command line
        self,
        source: Annotated[str, Argument(help="Address of a live, of an account or of a media file; @account; a path.")],
        *,
        language: Annotated[str, Option(callback=known_language, help="Language spoken (ISO 639-1).")] = "",
        json: Annotated[bool, Option("--json", help="One JSON object a line.")] = False,
        recognizer: Annotated[str, Option(help="auto, whisper, pocketsphinx or none.")] = "",
        model: Annotated[str, Option(help="Name or folder of the speech model.")] = "",
        speech: Annotated[
            bool, Option(" /--no-speech", show_default=False, help="Recognize no speech: captions only.")
        ] = True,
        chat: Annotated[bool, Option(" /--no-chat", show_default=False, help="Do not read the chat.")] = True,
    ) -> None:
        """Watch to the end of the source."""
        options = settings.OPTIONS
        logs.configure(options.log_format, level=logging.ERROR)
        options.recognizer = recognizer or options.recognizer if speech else "none"
        options.model = model or options.model
        if not json:
            settings.LANGUAGE_CODE = get_language()  # why a verdict is what it is
        options.speech_lag_skip_s = float("inf")  # a recording is read faster than it can be heard
        recognizers.check()
        spoken = language or ("en" if options.recognizer == "pocketsphinx" else options.default_language)
        recognizers.check_language(spoken)
        bootstrap.let_sources_reach(Reach.DISK)
        foreground.look(source)
        if speech:
            models.offer()
        upkeep.migrate(clock.now())
        if speech and recognizers.missing():
            bus.follow(LiveStarted, lambda _: self.stderr.write(recognizers.missing()))
        tell = foreground.as_json if json else foreground.as_text(foreground.Terminal())
        trouble = foreground.run(foreground.Source(source, spoken, reads_chat=chat), tell, self.stderr.write)
        if trouble:
            self.stderr.write(trouble)
