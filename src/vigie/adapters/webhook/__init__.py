"""Webhooks: signed notices to programs of others, by HTTP."""

from vigie.ports import Clause, Manifest

MANIFEST = Manifest(
    key="webhook",
    label="Webhooks",
    ports=("WebhookSender",),
    simulator="vigie.simulators.webhooks",
    exempt={"WebhookSender": {Clause.REFUSALS: "Any answer is handed on with its status; who sent it judges."}},
)
