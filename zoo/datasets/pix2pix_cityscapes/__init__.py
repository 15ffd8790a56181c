"""Photographs of streets (left) and their labels (right), by the archive of pix2pix."""
