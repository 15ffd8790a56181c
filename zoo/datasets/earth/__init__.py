"""The Earth's plates of Marble: elevation, satellite picture and city lights, cut into pairs of tiles."""
