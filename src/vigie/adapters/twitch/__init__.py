"""Twitch by its documented interfaces: Helix, OAuth 2.0 and EventSub; its media by streamlink."""

from vigie.ports import Clause, Manifest

MANIFEST = Manifest(
    key="twitch",
    label="Twitch",
    ports=("LiveProbe", "ChatSource", "MediaSource", "AccountAuthority"),
    extra="twitch",
    simulator="vigie.simulators.twitch",
    exempt={
        "MediaSource": {
            Clause.CLOSES: "streamlink reads pages in a thread, which ends by itself: after 10 s of silence.",
            Clause.WAITING: "streamlink tells no more of an answer than its status.",
        },
    },
)
