"""What speech does when it hears of an event."""

from vigie.events import TextAssessed
from vigie.ports import HIGH
from vigie.runtime import clock
from vigie.speech import operations


def remember_alert(event: TextAssessed) -> None:
    """Hear the live of a severe utterance first while there is more to hear than can be heard."""
    if event.of == "utterance" and event.score >= HIGH:
        operations.remember_alert(event.ref_id, clock.now())
