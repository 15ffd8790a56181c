"""Aerial photographs (left) and street maps (right) of New York, by the archive of pix2pix."""
