"""Vigie: a self-hosted control room for live streams."""

__version__ = "0.1.0"
