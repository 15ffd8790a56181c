"""Metrics as pure functions, numpy in and numpy out.

Pictures are uint8 `(n, height, width, channels)` in [0, 255]; features are float `(n, d)`.
"""
