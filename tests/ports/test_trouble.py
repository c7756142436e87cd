"""What a port's error tells, and what is kept out of sight."""

import numpy as np

from vigie.ports import MediaLocation, PortError, SpeechClip


def test_port_error_says_whether_to_ask_again() -> None:
    error = PortError("Twitch asks to wait.", retryable=True, retry_after_s=30.0)
    assert (str(error), error.retryable, error.retry_after_s, error.permanent) == (
        "Twitch asks to wait.",
        True,
        30.0,
        False,
    )


def test_port_error_is_neither_retryable_nor_permanent_unless_told() -> None:
    error = PortError("It failed.")
    assert (error.retryable, error.retry_after_s, error.permanent) == (False, None, False)


def test_values_keep_secrets_and_sound_out_of_logs() -> None:
    location = MediaLocation("https://host/live?token=secret", "hls", is_live=True, headers={"Cookie": "secret"})
    assert "secret" not in repr(location)
    assert repr(SpeechClip(np.zeros(3, np.float32), "fr")) == "SpeechClip(language='fr')"
