"""A hub of models on a port of this machine: what Hugging Face's client asks of one, and transfers that break."""

from vigie.simulators.hub.repository import Repository
from vigie.simulators.hub.server import HubServer

__all__ = ["HubServer", "Repository"]
