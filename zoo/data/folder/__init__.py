"""The user's own files: found, checked, converted once, and read."""
