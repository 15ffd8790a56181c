"""OpenMoji pictures, their line drawings and English captions, from installed packages."""
