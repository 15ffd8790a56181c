"""Noisy speech and the clean speech in it: one's own folders, or recordings from packages."""
