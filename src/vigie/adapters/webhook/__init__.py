"""Webhooks: signed notices to programs of others, by HTTP."""

from vigie.ports import Manifest

MANIFEST = Manifest(
    key="webhook",
    label="Webhooks",
    ports=("WebhookSender",),
    simulator="vigie.simulators.webhooks",
)
