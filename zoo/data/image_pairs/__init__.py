"""Pairs of pictures: a source and its target, from TFDS data sets and folders of one's own."""
