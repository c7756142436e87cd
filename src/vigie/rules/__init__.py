"""When this happens, do that: matching, firings, dry run."""
