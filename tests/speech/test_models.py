"""What the database itself refuses, so that no retry and no second worker writes anything twice."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories import make_live, make_utterance
from vigie.speech.models import AudioSegment, Source, Utterance

pytestmark = pytest.mark.django_db


def test_a_stretch_of_an_epoch_is_one_utterance() -> None:
    live = make_live()
    make_utterance(live, seq=1, start_s=4.0)
    make_utterance(live, seq=2, start_s=4.0, epoch=1)  # after a break, samples are counted anew

    with pytest.raises(IntegrityError), transaction.atomic():
        make_utterance(live, seq=3, start_s=4.0)

    assert Utterance.objects.filter(live=live).count() == 2


def test_a_number_is_one_utterance_of_a_live() -> None:
    live = make_live()
    make_utterance(live, seq=1, start_s=0.0)
    make_utterance(seq=1, start_s=0.0)  # of another live

    with pytest.raises(IntegrityError), transaction.atomic():
        make_utterance(live, seq=1, start_s=8.0)


def test_a_moment_has_one_caption_and_may_be_heard_as_well() -> None:
    live = make_live()
    make_utterance(live, seq=1, start_s=4.0)
    make_utterance(live, seq=2, start_s=4.0, source=Source.CAPTIONS)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_utterance(live, seq=3, start_s=4.0, source=Source.CAPTIONS, epoch=1)


def test_a_segment_has_its_place_in_a_live() -> None:
    live = make_live()
    for index in range(2):
        AudioSegment.objects.create(live=live, epoch=0, index=index, start_sample=0, offset_s=0.0)

    with pytest.raises(IntegrityError), transaction.atomic():
        AudioSegment.objects.create(live=live, epoch=1, index=1, start_sample=0, offset_s=9.0)
