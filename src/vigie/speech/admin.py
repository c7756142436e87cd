"""What was heard and said, in the administration: to be read."""

from django.contrib import admin

from vigie.governance.admin import ReadOnlyAdmin
from vigie.speech.models import AudioSegment, Utterance


@admin.register(AudioSegment)
class AudioSegmentAdmin(ReadOnlyAdmin):
    """The segments of sound."""

    list_display = ("live", "index", "epoch", "offset_s", "samples", "sha256")
    list_select_related = ("live",)


@admin.register(Utterance)
class UtteranceAdmin(ReadOnlyAdmin):
    """The utterances, without their words: reading those is accounted for on their own page."""

    list_display = ("live", "seq", "source", "state", "start_s", "end_s", "language", "recognizer", "reason")
    list_filter = ("live__channel__workspace", "state", "source")
    list_select_related = ("live",)
    exclude = ("text",)
