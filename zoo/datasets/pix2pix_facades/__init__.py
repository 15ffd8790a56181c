"""Photographs of facades (left) and their labelled parts (right), by the archive of pix2pix."""
