"""TikTokLive is read here, once: it uses parts of websockets that are deprecated, which is not our tests' business."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import TikTokLive  # noqa: F401 -- so that it is there for all others
