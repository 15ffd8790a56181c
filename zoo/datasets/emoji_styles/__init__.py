"""Emoji in eight colour styles: one caption, many right pictures."""
