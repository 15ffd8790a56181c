"""Which files a folder of one's own holds, whatever is in them."""

import os
import posixpath
import re
import stat
import unicodedata

# What systems and tools leave in folders; names in lower case.
_LEFT_BEHIND = ("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "lost+found", "@eadir",
                "$recycle.bin", "system volume information")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def list_files(folder):
    """Lists a folder and all below it, without what is hidden or left behind by a system.

    Links to files are taken for the files. Links to folders outside of the folder are followed, and
    said; one to a folder inside would show the same files twice, and is reported.

    Args:
        folder: path.

    Returns:
        `{path: (bytes, time of change in ns)}` in alphabetical order, and a list of
        (path, reason) for what cannot be used. Paths are relative, with forward slashes.
    """
    files, bad = {}, []
    root = os.path.realpath(folder)

    def visit(path, parents):
        full = os.path.join(folder, path)
        try:
            found = os.stat(full)
            names = sorted(os.listdir(full)) if stat.S_ISDIR(found.st_mode) else None
        except OSError as error:
            bad.append((path or ".", f"cannot be read ({error.strerror})"))
            return
        if names is None:
            if stat.S_ISREG(found.st_mode):
                files[path] = (found.st_size, found.st_mtime_ns)
            else:
                bad.append((path, "is no file"))
            return
        real = os.path.realpath(full)
        if path and os.path.islink(full):
            if real in parents or root.startswith(real.rstrip(os.sep) + os.sep):
                bad.append((path, "is a link to a folder that it lies in"))
                return
            if real.startswith(root + os.sep):
                bad.append((path, f"is a link to {os.path.relpath(real, root)}/, whose files are "
                                  "here already; remove the link"))
                return
            print(f"following the link {path} to {real}", flush=True)
        for name in names:
            below = posixpath.join(path, name)
            if name.startswith(".") or name.lower() in _LEFT_BEHIND:
                continue
            if shown(below) != below:
                bad.append((shown(below), "its name is not UTF-8"))
            elif (printable := _CONTROL.sub(lambda sign: ascii(sign[0])[1:-1], below)) != below:
                bad.append((printable, "its name holds a control character, such as a line's end"))
            else:
                visit(below, {*parents, real})

    visit("", frozenset())
    return files, bad


def suffix(path):
    """Returns a path's suffix in lower case, for instance ".png"."""
    return posixpath.splitext(path)[1].lower()


def stem(path):
    """Returns a path without its suffix, in the form in which equal names are equal strings."""
    return same_name(posixpath.splitext(path)[0])


def same_name(name):
    """A Mac writes the ü of a file name as two characters, most other programs as one."""
    return unicodedata.normalize("NFC", name)


def shown(value):
    """Returns a string with bytes that are not UTF-8, which it holds as surrogates, as escapes."""
    return value.encode("utf-8", "backslashreplace").decode()
