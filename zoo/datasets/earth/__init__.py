"""Tiles of the Earth in pairs: elevation, satellite picture, city lights; the plates of Marble."""
