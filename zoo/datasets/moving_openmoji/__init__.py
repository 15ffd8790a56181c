"""Clips of two OpenMoji sprites that drift and bounce, from installed packages."""
