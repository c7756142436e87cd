"""Pages of rules: the list, the editor with its preview, how they stand, what they did, YAML in and out."""
