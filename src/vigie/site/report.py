"""What `vigie watch` says about one live, in order of time: the JSON lines of docs/reference/cli.md."""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from vigie.events import AlertRaised, GapRecorded, TextAssessed, UtteranceSettled
from vigie.speech.models import Utterance
from vigie.watch.models import ChatMessage, Gap, Reach, Track

Line = dict[str, Any]


@dataclass(slots=True)
class Report:
    """Puts what happens into order: utterances as they were said, verdicts too; a gap in its place.

    Transcripts settle in batches, texts are judged side by side and gaps are known at once, so lines wait here until
    what comes before them is told. An alert follows its verdict.
    """

    utterances: int = 0
    assessments: int = 0
    alerts: int = 0
    lost_s: float = 0.0
    _next_seq: int = 1
    _settled: dict[int, UtteranceSettled] = field(default_factory=dict)
    _unjudged: deque[int] = field(default_factory=deque)
    """The utterances that were told and whose first verdict was not."""
    _verdicts: dict[int, list[Line]] = field(default_factory=dict)
    """What is held back, by utterance: verdicts and alerts."""
    _gaps: list[GapRecorded] = field(default_factory=list)

    def settled(self, event: UtteranceSettled) -> list[Line]:
        """Take an utterance; return the lines that can be told now."""
        self._settled[event.seq] = event
        lines: list[Line] = []
        while self._next_seq in self._settled:
            utterance = self._settled.pop(self._next_seq)
            lines += self._gaps_before(utterance.start_s)
            lines.append(utterance_line(utterance))
            if utterance.text:
                self._unjudged.append(utterance.seq)
            lines += self._judged()
            self.utterances += 1
            self._next_seq += 1
        return lines

    def assessed(self, event: TextAssessed) -> list[Line]:
        """Take a verdict; return the lines that can be told now."""
        self.assessments += 1
        return self._in_turn(event.seq, assessment_line(event))

    def alerted(self, event: AlertRaised) -> list[Line]:
        """Take an alert; return the lines that can be told now."""
        self.alerts += 1
        line = {"type": "alert", "id": event.alert_id, "seq": event.seq, "score": round(event.score, 3)}
        return self._in_turn(event.seq, line)

    def interrupted(self, event: GapRecorded) -> list[Line]:
        """Take a gap of the sound; it is told before the utterance that follows it. One of the chat is told at once."""
        if event.track == Track.CHAT:
            return [gap_line(event) | {"track": event.track}]
        self._gaps.append(event)
        return []

    def end(self, audio_s: float) -> list[Line]:
        """Return what was still waiting, then the last line."""
        late = [line for _, held in sorted(self._verdicts.items()) for line in held]
        lines = self._gaps_before(float("inf"))
        last = {
            "type": "end",
            "utterances": self.utterances,
            "assessments": self.assessments,
            "alerts": self.alerts,
            "audio_s": round(audio_s, 2),
            "lost_s": round(self.lost_s, 2),
        }
        return [*late, *lines, last]

    def _in_turn(self, seq: int, line: Line) -> list[Line]:
        """Return what can be told now that a line about an utterance has come."""
        if seq < self._next_seq and seq not in self._unjudged:
            return [line]
        self._verdicts.setdefault(seq, []).append(line)
        return self._judged()

    def _judged(self) -> list[Line]:
        """Return what was held back, as far as no earlier utterance waits for its verdict."""
        lines: list[Line] = []
        while self._unjudged and self._unjudged[0] in self._verdicts:
            lines += self._verdicts.pop(self._unjudged.popleft())
        return lines

    def _gaps_before(self, start_s: float) -> list[Line]:
        told = sorted((gap for gap in self._gaps if gap.from_s < start_s), key=lambda gap: gap.from_s)
        self._gaps = [gap for gap in self._gaps if gap.from_s >= start_s]
        self.lost_s += sum(gap.to_s - gap.from_s for gap in told)
        return [gap_line(gap) for gap in told]


def utterance_line(said: UtteranceSettled | Utterance) -> Line:
    """Return an utterance as its JSON object."""
    return {
        "type": "utterance",
        "seq": said.seq,
        "start_s": round(said.start_s, 2),
        "end_s": round(said.end_s, 2),
        "text": said.text,
        "source": said.source,
        "language": said.language,
        "state": said.state,
    }


def assessment_line(event: TextAssessed) -> Line:
    """Return a verdict as its JSON object."""
    return {
        "type": "assessment",
        "of": event.of,
        "seq": event.seq,
        "category": event.category,
        "score": round(event.score, 3),
        "hateful": event.hateful,
        "reach": Reach.LOW.value if event.reach == Reach.UNKNOWN else event.reach,
        "target": event.target,
        "spans": [list(span) for span in event.spans],
        "justification": event.justification,
        "analyst": event.analyst,
        "state": event.state,
    }


def chat_line(message: ChatMessage) -> Line:
    """Return a message of a chat as its JSON object."""
    at = message.live.started_at + timedelta(seconds=message.at_s)
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"type": "chat", "at": stamp, "user": message.chatter.shown, "text": message.text}


def gap_line(gap: GapRecorded | Gap) -> Line:
    """Return a gap as its JSON object."""
    return {"type": "gap", "from_s": round(gap.from_s, 2), "to_s": round(gap.to_s, 2), "cause": gap.cause}
