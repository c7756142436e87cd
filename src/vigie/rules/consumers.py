"""What is pushed to whoever looks at the log of rules: topic `rules:<workspace>`."""

from vigie.events import RuleFired
from vigie.runtime.push import Fragment, is_followed, push


def show_firing(event: RuleFired) -> None:
    """Tell open logs that something is new: each asks for what its reader may see of it."""
    topic = f"rules:{event.workspace_id}"
    if is_followed(topic):
        push(topic, Fragment("firings-news", "append", "rules/_new.html", {"pk": event.firing_id}))
