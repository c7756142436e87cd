"""Sound as it was received, and what was said in it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vigie.runtime.models import WorkUnit
from vigie.watch.models import Live


class AudioSegment(models.Model):
    """A stretch of original sound on disk: raw samples while `sha256` is empty, then FLAC.

    Segments of a live form a chain: `chain_hash` covers the former one's, so that a segment cannot be replaced, left
    out or reordered later without a trace.
    """

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="audio_segments")
    epoch = models.PositiveIntegerField()
    """Grows by one whenever the sound is not continuous with what came before."""
    index = models.PositiveIntegerField()
    """0, 1, 2, ... in the live."""
    start_sample = models.PositiveBigIntegerField()
    """Of the epoch."""
    samples = models.PositiveIntegerField(default=0)
    offset_s = models.FloatField()
    """Of the first sample, in seconds since the live started."""
    sha256 = models.CharField(max_length=64, blank=True)
    chain_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("audio segment")
        constraints = [models.UniqueConstraint(fields=["live", "index"], name="one_segment_an_index")]

    def __str__(self) -> str:
        return f"{self.live_id}/{self.index}"


class Source(models.TextChoices):
    """Where words come from; always shown."""

    ASR = "asr", _("speech recognition")
    CAPTIONS = "captions", _("platform captions")


class Utterance(WorkUnit):
    """Something said between two silences, at most 15 s; as a unit of work, to be transcribed.

    Speech is known by (live, epoch, start_sample, end_sample), so that a retry changes nothing; a caption by (live,
    start_s).
    """

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="utterances")
    seq = models.PositiveIntegerField()
    """1, 2, 3, ... in the live, in order of start."""
    source = models.CharField(max_length=12, choices=Source, default=Source.ASR)
    epoch = models.PositiveIntegerField(default=0)
    start_sample = models.PositiveBigIntegerField(null=True)
    end_sample = models.PositiveBigIntegerField(null=True)
    start_s = models.FloatField()
    end_s = models.FloatField()
    spoken_at = models.DateTimeField()
    """Wall clock at the end of the utterance: what the delay of an alert is measured from."""
    text = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    recognizer = models.CharField(max_length=80, blank=True)
    transcribed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    """When a person asked for its words, after it was skipped or failed: it is not skipped again."""
    alerted_at = models.DateTimeField(null=True, blank=True)
    """When it raised an alert: under load, the lives where that happened lately are heard first."""

    class Meta:
        verbose_name = _("utterance")
        permissions = [
            ("read_transcripts", "Can read what was said"),
            ("hear_audio", "Can hear the sound of lives"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["live", "seq"], name="one_utterance_a_seq"),
            models.UniqueConstraint(
                fields=["live", "epoch", "start_sample"],
                condition=models.Q(source="asr"),
                name="one_utterance_a_stretch",
            ),
            models.UniqueConstraint(
                fields=["live", "start_s"], condition=models.Q(source="captions"), name="one_caption_a_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "not_before"], name="utterance_due"),  # the sweep and the claim
            # which lives are urgent: few rows have it
            models.Index(fields=["alerted_at"], name="utterance_alerted", condition=models.Q(alerted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.live_id}#{self.seq}"
