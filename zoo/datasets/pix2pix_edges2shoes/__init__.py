"""Edges (left) and photographs (right) of shoes, by the archive of pix2pix."""
