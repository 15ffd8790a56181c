"""TFDS builders, one folder each, what they alone share, and `builders.find` that finds them by name."""
