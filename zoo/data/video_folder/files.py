"""Which videos a folder holds: video files, and folders with the frames of a video each."""

import posixpath
import re

from zoo.data.folder.walk import stem, suffix

VIDEOS = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".wmv", ".ogv",
          ".gif", ".webp")
FRAMES = (".png", ".jpg", ".jpeg", ".jfif", ".bmp", ".tif", ".tiff")


def videos(paths):
    """Finds the videos among files.

    Args:
        paths: relative paths with forward slashes.

    Returns:
        `{name: list of the paths of its files}` in alphabetical order: a video file by itself, or
        a folder with its frames in the order of their names, 2 before 10; and a list of pictures
        that are no frames where there are video files: those beside one, those in no folder, and
        folders of pictures that are all named like one.
    """
    found = {path: [path] for path in paths if suffix(path) in VIDEOS}
    with_videos = {posixpath.dirname(path) for path in found} | ({""} if found else set())
    names = {posixpath.basename(stem(path)) for path in found}
    frames, loose = {}, []
    for path in paths:
        if suffix(path) in FRAMES:
            frames.setdefault(posixpath.dirname(path), []).append(path)
    for place, pictures in frames.items():
        if place in with_videos or {posixpath.basename(stem(path)) for path in pictures} <= names:
            loose += pictures
        else:
            found[place or "."] = pictures
    return {name: sorted(found[name], key=_natural) for name in sorted(found)}, loose


def _natural(path):
    """"frame_10" -> ["frame_", 10, ""], which is greater than that of "frame_2"."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path)]
