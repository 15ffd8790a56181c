"""Flagfiles that include others, from whichever folder they are named."""

import os
import re

from zoo.core import hparams, locate
from zoo.errors import RequestError

_FLAG = re.compile(r"--?flagfile(?:=(.*))?", re.DOTALL)


def expand(arguments, including=()):
    """Returns the arguments with every `--flagfile` replaced by the lines of that file.

    A path in a file is looked for beside that file first, then from the current folder, then among
    the shipped configs, "family/name". Blank lines and those that begin with # or // are comments.

    Args:
        arguments: list of str.
        including: paths of the files that these arguments come from, the outermost first.

    Raises:
        RequestError: a file cannot be read, or includes itself.
    """
    expanded, rest = [], iter(arguments)
    for argument in rest:
        if argument == "--":
            return [*expanded, argument, *rest]
        if not (match := _FLAG.fullmatch(argument)):
            expanded.append(argument)
            continue
        named = match[1] if match[1] is not None else next(rest, "")
        path = _find(os.path.expanduser(named.strip().strip("'\"")), including)
        if path in including:
            raise RequestError(f"--flagfile={named}: includes itself.")
        expanded += expand(_lines(path, named), (*including, path))
    return expanded


def _find(path, including):
    beside = os.path.join(os.path.dirname(including[-1]), path) if including else path
    shipped = [locate.CONFIGS / f"{path}.flags", locate.CONFIGS / path,
               locate.CONFIGS.parent / path]  # As configs/family/name.flags, from anywhere.
    return os.path.realpath(next(filter(os.path.isfile, (beside, path, *shipped)), path))


def _lines(path, named):
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise RequestError(f"--flagfile={named}: cannot be read ({reason})."
                           f"{_nearest(named)}") from None
    return [line for line in lines if line and not line.startswith(("#", "//"))]


def _nearest(named):
    """Returns what may have been meant, for a name like those of the shipped configs."""
    names = [path.relative_to(locate.CONFIGS).with_suffix("").as_posix()
             for path in locate.CONFIGS.glob("*/*.flags")]
    name = named.removeprefix("configs/").removesuffix(".flags")
    family = [each for each in names if each.split("/")[0] == name.split("/")[0]]
    return hparams.nearest(name, family) if family else ""
