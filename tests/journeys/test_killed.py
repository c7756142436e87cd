"""`vigie up` is killed while it watches a live, at several moments, and started again: nothing lost, nothing twice."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.journeys import records
from tests.journeys.product import Product, started, until, vigie
from tests.journeys.records import Record
from vigie.simulators.media import HandClock, Live, MediaServer, RunningClock, Script
from vigie.simulators.media.deliveries import united
from vigie.simulators.media.script import PREPARED

PREPARE = """
from vigie.people.operations import NewAccount
from vigie.runtime import clock
from vigie.site import furnish, upkeep
from vigie.watch import operations as watch
from vigie.watch.addresses import Place

now = clock.now()
upkeep.migrate(now)
account = NewAccount("camille", "camille@example.org", "trois petits chats roux")
member = furnish.first_workspace(account, name="Les Halles", now=now)
channel = watch.add_channel(member.workspace, Place("web", "{}"), watch.Label("Live", "en"), actor=member, now=now)
watch.start_watching(channel, actor=member)
"""
SPEED = 2.0
DOWN_S = 40.0
"""How much of the live is missed: more than its playlist holds."""
ON_THE_WAY_S = 3.0
"""A segment of 2 s may have been asked for and not decoded yet, and the last second is not written yet."""
ROUNDING_S = 0.05


class Studio:
    """A live on air, played twice as fast; its clock can be put forward."""

    def __init__(self, captions: Path | None) -> None:
        self._ahead = HandClock()
        running = RunningClock(SPEED)
        live = Live("en", PREPARED / "en.mp4", captions=captions, language="en")
        self.media = MediaServer(Script((live,)), clock=lambda: running() + self._ahead())

    def skip(self, seconds: float) -> None:
        self._ahead.advance(seconds)

    @property
    def handed_over_s(self) -> float:
        """How much of the live was handed to whoever asked, each second counted once."""
        return sum(to_s - from_s for from_s, to_s in united(self.media.deliveries("en")))


def is_heard(record: Record) -> bool:
    return record.heard_s > 8  # more than what comes at once in the beginning


def is_recognizing(record: Record) -> bool:
    states = [said.state for said in record.said]
    return is_heard(record) and "done" in states and "running" in states


def is_alerted(record: Record) -> bool:
    return is_heard(record) and bool(record.alerts)


@pytest.mark.parametrize(
    ("moment", "captions"),
    [(is_heard, None), (is_recognizing, None), (is_alerted, PREPARED / "en.vtt")],
    ids=["as it is heard", "as words are recognized", "after an alert"],
)
def test_killed_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, moment: Callable[[Record], bool], captions: Path | None
) -> None:
    studio = Studio(captions)
    with studio.media as media:
        prepare(tmp_path, media.url("en.m3u8"))
        with watching(tmp_path) as product:
            until(lambda: moment(records.read(tmp_path)), moment.__name__)
            product.kill()
        before = records.read(tmp_path)
        assert before.heard_s > studio.handed_over_s - ON_THE_WAY_S
        studio.skip(DOWN_S)
        with watching(tmp_path) as product:
            until(lambda: has_gone_on(before, records.read(tmp_path)), "more sound, and words for what was heard")
            assert product.stop() == 0
            assert product.troubles() == []
    after = records.read(tmp_path)
    check_kept(before, after)
    check_down_time(before, after)
    check_whole(after)
    audit = vigie(tmp_path, "audit", "verify")
    assert (audit.returncode, audit.stderr) == (0, "")


def prepare(data_dir: Path, address: str) -> None:
    """Make an installation that watches one live."""
    made = vigie(data_dir, "shell", "-v0", "-c", PREPARE.format(address))
    assert (made.returncode, made.stderr) == (0, "")


def watching(data_dir: Path) -> AbstractContextManager[Product]:
    return started("up", data_dir, recognizer="pocketsphinx")


def has_gone_on(before: Record, now: Record) -> bool:
    """Tell whether the live is heard again, and what was said before has its words and judgements."""
    settled = [said.state not in {"pending", "running"} for said in now.said[: len(before.said)]]
    return now.heard_s > before.heard_s + 4 and all(settled) and len(now.judged) >= len(before.said)


def check_kept(before: Record, after: Record) -> None:
    """Nothing that was written is gone or has changed; it may have grown."""
    for then, now in zip(before.sound, after.sound, strict=False):
        assert now.pcm.startswith(then.pcm)
        assert now.offset_s == then.offset_s or not then.pcm
    done = {said for said in before.said if said.state == "done"}
    assert done <= set(after.said)
    assert set(before.gaps) <= set(after.gaps)
    assert set(before.alerts) <= set(after.alerts)


def check_down_time(before: Record, after: Record) -> None:
    """While nobody watched is one gap: from the last sound that was kept to the first that could still be had."""
    [(from_s, to_s)] = [(from_s, to_s) for from_s, to_s, cause in after.gaps if cause == "Vigie was not running"]
    assert from_s == pytest.approx(before.sound[-1].end_s, abs=ROUNDING_S)
    assert to_s - from_s > DOWN_S / 2


def check_whole(record: Record) -> None:
    """Sound and gaps lie end to end; utterances are numbered without a hole, and each is said and judged once."""
    pieces = sorted([(s.offset_s, s.end_s) for s in record.sound] + [(from_s, to_s) for from_s, to_s, _ in record.gaps])
    assert [start for start, _ in pieces[1:]] == pytest.approx([end for _, end in pieces[:-1]], abs=ROUNDING_S)
    assert record.counted_s == pytest.approx((record.heard_s, record.lost_s, pieces[-1][1]), abs=ROUNDING_S)
    assert [said.seq for said in record.said] == list(range(1, len(record.said) + 1))
    stretches = sorted((said.source, *said.stretch) for said in record.said)
    assert [one for one, following in pairwise(stretches) if one[:2] == following[:2] and one[3] > following[2]] == []
    assert max(Counter(utterance for utterance, _ in record.judged).values()) == 1
    assert len({assessment for _, assessment in record.alerts}) == len(record.alerts)


def test_second_vigie_on_the_same_data_refuses_in_one_line(up: Product, tmp_path: Path) -> None:
    second = vigie(tmp_path, "up", port="1")
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == (
        f"vigie: Another Vigie already runs on {tmp_path}. Stop it first, or set VIGIE_DATA_DIR to another folder.\n"
    )
