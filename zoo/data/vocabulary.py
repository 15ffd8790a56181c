"""A vocabulary on disk: one word a line, UTF-8."""

import pathlib
import uuid


def write(path, words):
    """Writes the words, whole or not at all."""
    path = pathlib.Path(path)
    # Several workers may write the same at once.
    partial = path.with_name(f"partial_{uuid.uuid4().hex}_{path.name}")
    partial.write_text("".join(word + "\n" for word in words), encoding="utf-8")
    partial.replace(path)


def read(path):
    """Returns the words as a tuple of str."""
    return tuple(pathlib.Path(path).read_text(encoding="utf-8").split("\n")[:-1])
