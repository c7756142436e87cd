"""Why there are no words, in the words that pages translate: what recognizers note, and what happens to utterances."""

from django.utils.translation import gettext_noop

NOTES = frozenset(
    {
        gettext_noop("repetition"),
        gettext_noop("low confidence"),
        gettext_noop("no speech"),
        gettext_noop("no words"),
        gettext_noop("told in one sentence with the utterance beside it"),
    }
)
"""What may stand in `Transcript.note`: adapters and pure modules know no gettext."""

TOO_LATE = gettext_noop("waited too long to be heard; the sound is kept")
NO_SOUND = gettext_noop("its sound is no longer kept")
UNKNOWN_LANGUAGE = gettext_noop("the recognizer does not know this language")
