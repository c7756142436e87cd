"""What risk does when it hears of an event: in the same transaction, so that no text is forgotten."""

from vigie.events import Acted, UtteranceSettled
from vigie.risk import operations
from vigie.risk.models import Subject
from vigie.runtime.models import WorkState


def queue_speech(event: UtteranceSettled) -> None:
    """Let what was said be judged. Silence and speech without words are not."""
    if event.state != WorkState.DONE or not event.text.strip():
        return
    operations.queue_assessment(
        operations.Text(
            live_id=event.live_id,
            of=Subject.UTTERANCE,
            ref_id=event.utterance_id,
            seq=event.seq,
            start_s=event.start_s,
            end_s=event.end_s,
            text=event.text,
            language=event.language,
        )
    )


def forget_erased(event: Acted) -> None:
    """Keep no words of somebody who was erased."""
    if event.verb == "chatter.erased" and event.workspace_id is not None:
        operations.forget_erased(event.workspace_id)
