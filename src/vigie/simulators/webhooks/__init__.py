"""Somebody else's program: takes webhooks, checks their signatures as Standard Webhooks says, and may misbehave."""

from vigie.simulators.webhooks.receiver import Fault, Received, WebhookReceiver
from vigie.simulators.webhooks.verifying import Forged, verify

__all__ = ["Fault", "Forged", "Received", "WebhookReceiver", "verify"]
