"""Moments of lives as video files: cut from a ring of packets, or saved by OBS; the archive."""
