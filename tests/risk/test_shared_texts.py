"""The shipped rules on real texts that nobody looked at while writing them: a quarter of each set, chosen by hash.

Labels are noisy and the sets are far from live speech, so the floors only guard against getting worse.
"""

import csv
import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

from vigie.ports import TextToAssess
from vigie.risk import analysts

pytestmark = pytest.mark.shared

HATEFUL_FROM = 0.5


@dataclass(frozen=True)
class Scored:
    score: float
    is_hate: bool
    is_offensive: bool


def scored(folder: Path, file: str, language: str) -> list[Scored]:
    with gzip.open(folder / "risk" / f"{file}.csv.gz", "rt", encoding="utf-8", newline="") as rows:
        kept = [row for row in csv.DictReader(rows) if is_held_out(row["text"])]
    verdicts = analysts.named("rules").assess([TextToAssess(row["text"], language) for row in kept])
    return [
        Scored(verdict.score, row["hate"] == "1", row["tox"] == "1")
        for row, verdict in zip(kept, verdicts, strict=True)
    ]


def is_held_out(text: str) -> bool:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()) % 4 == 0


def auc(texts: Sequence[Scored]) -> float:
    """Return the chance that a hateful text scores higher than another one."""
    wins, below = 0.0, 0
    for _, group in groupby(sorted(texts, key=lambda text: text.score), key=lambda text: text.score):
        tied = list(group)
        hateful = sum(text.is_hate for text in tied)
        wins += hateful * (below + (len(tied) - hateful) / 2)
        below += len(tied) - hateful
    return wins / ((len(texts) - below) * below)


def share(texts: Sequence[Scored]) -> float:
    return sum(text.score >= HATEFUL_FROM for text in texts) / len(texts)


@dataclass(frozen=True)
class Bounds:
    auc: float
    recall: float
    alarms: float


@pytest.mark.parametrize(
    ("file", "language", "bounds"),
    [
        ("ftr_fr", "fr", Bounds(auc=0.62, recall=0.20, alarms=0.06)),
        ("mlma_fr", "fr", Bounds(auc=0.52, recall=0.15, alarms=0.08)),
        ("davidson_en", "en", Bounds(auc=0.70, recall=0.40, alarms=0.10)),
        ("edos_train_en", "en", Bounds(auc=0.66, recall=0.10, alarms=0.08)),
        ("hatemojibuild_train_en", "en", Bounds(auc=0.55, recall=0.07, alarms=0.05)),
    ],
)
def test_the_rules_are_no_worse_than_they_were(shared_data: Path, file: str, language: str, bounds: Bounds) -> None:
    texts = scored(shared_data, file, language)

    assert auc(texts) >= bounds.auc
    assert share([text for text in texts if text.is_hate]) >= bounds.recall
    assert share([text for text in texts if not text.is_hate]) <= bounds.alarms


@pytest.mark.parametrize(("file", "language"), [("ftr_fr", "fr"), ("mlma_fr", "fr"), ("edos_train_en", "en")])
def test_harmless_texts_seldom_raise_a_false_alarm(shared_data: Path, file: str, language: str) -> None:
    texts = scored(shared_data, file, language)

    assert share([text for text in texts if not text.is_hate and not text.is_offensive]) <= 0.10


def test_swearing_alone_raises_next_to_no_alarm(shared_data: Path) -> None:
    assert share(scored(shared_data, "surge_toxicity_en", "en")) <= 0.05
