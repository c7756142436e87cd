"""Pages of clips: the archive, one clip, what is done with them, their settings, and what is shared."""
