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

    def walk(path, parents):
        real = os.path.realpath(os.path.join(folder, path))
        try:
            names = sorted(os.listdir(real))
        except OSError as error:
            bad.append((path or ".", f"cannot be read ({error.strerror})"))
            return
        for name in names:
            if not name.startswith(".") and name.lower() not in _LEFT_BEHIND:
                visit(posixpath.join(path, name), {*parents, real})

    def visit(path, parents):
        if not is_unicode(path):
            bad.append((shown(path), "its name is not UTF-8"))
            return
        if (printable := _CONTROL.sub(lambda found: ascii(found[0])[1:-1], path)) != path:
            bad.append((printable, "its name holds a control character, such as a line's end"))
            return
        full = os.path.join(folder, path)
        try:
            found = os.stat(full)
        except OSError as error:
            bad.append((path, f"cannot be read ({error.strerror})"))
            return
        if stat.S_ISREG(found.st_mode):
            files[path] = (found.st_size, found.st_mtime_ns)
        elif not stat.S_ISDIR(found.st_mode):
            bad.append((path, "is no file"))
        elif os.path.islink(full):
            follow(path, full, parents)
        else:
            walk(path, parents)

    def follow(path, full, parents):
        real = os.path.realpath(full)
        if real in parents or root.startswith(real.rstrip(os.sep) + os.sep):
            bad.append((path, "is a link to a folder that it lies in"))
        elif real.startswith(root + os.sep):
            bad.append((path, f"is a link to {os.path.relpath(real, root)}/, whose files are "
                              "here already; remove the link"))
        else:
            print(f"following the link {path} to {real}", flush=True)
            walk(path, parents)

    walk("", frozenset())
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


def is_unicode(value):
    """False where a string holds bytes that are not UTF-8, as surrogates."""
    return shown(value) == value


def shown(value):
    """Returns a string with what is not UTF-8 written as escapes."""
    return value.encode("utf-8", "backslashreplace").decode()
