"""The user's own captioned pictures: a folder, checked and converted once."""
