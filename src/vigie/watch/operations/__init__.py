"""What can be done with channels, and what happens to their lives. Everything is written here, and told on the bus."""

from vigie.watch.operations.channels import (
    AlreadyAdded,
    ChannelRemoved,
    Label,
    add_channel,
    change_channel,
    remove_channel,
    start_watching,
    stop_watching,
)
from vigie.watch.operations.lives import (
    Ending,
    LiveIsOver,
    change_state,
    count_heard,
    end_live,
    end_unwatched,
    measure_lag,
    open_live,
    record_gap,
    record_unavailable,
)

__all__ = [
    "AlreadyAdded",
    "ChannelRemoved",
    "Ending",
    "Label",
    "LiveIsOver",
    "add_channel",
    "change_channel",
    "change_state",
    "count_heard",
    "end_live",
    "end_unwatched",
    "measure_lag",
    "open_live",
    "record_gap",
    "record_unavailable",
    "remove_channel",
    "start_watching",
    "stop_watching",
]
