"""Which videos a folder holds: video files, and folders with the frames of a video each."""

import posixpath
import re

VIDEOS = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".wmv", ".ogv",
          ".gif", ".webp")
FRAMES = (".png", ".jpg", ".jpeg", ".jfif", ".bmp")


def videos(paths):
    """Finds the videos among files.

    Args:
        paths: relative paths with forward slashes.

    Returns:
        `{name: list of the paths of its files}` in alphabetical order: a video file by itself, or
        a folder with its frames in the order of their names, 2 before 10.
    """
    found = {}
    for path in paths:
        suffix = posixpath.splitext(path)[1].lower()
        if suffix in VIDEOS:
            found[path] = [path]
        elif suffix in FRAMES:
            found.setdefault(posixpath.dirname(path) or ".", []).append(path)
    return {name: sorted(found[name], key=_natural) for name in sorted(found)}


def _natural(path):
    """"frame_10" -> ["frame_", 10, ""], which is greater than that of "frame_2"."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path)]
