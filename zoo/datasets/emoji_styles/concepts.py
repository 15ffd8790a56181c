"""What there are pictures of, and what it is called."""

from typing import NamedTuple

from zoo.datasets.emoji_styles import archives

# Folders of emojibase-data.
LANGUAGES = ("en", "zh", "zh-hant", "bn", "da", "de", "en-gb", "es", "es-mx", "et", "fi", "fr",
             "hi", "hu", "it", "ja", "ko", "lt", "ms", "nb", "nl", "pl", "pt", "ru", "sv", "th",
             "uk", "vi")
_COMPONENTS, _FLAGS = 2, 9  # Groups: skin tones and hair by themselves, flags.
# Where a language is not here, the style's name follows the label.
_STYLED = {"en": "{} in {} style", "en-gb": "{} in {} style", "zh": "{}，{}风格",
           "zh-hant": "{}，{}風格"}
_VARIATION_SELECTOR = "FE0F"


class Concept(NamedTuple):
    """One emoji, whoever draws it.

    Attributes:
        code_point: such as "1F468-200D-1F33E", without variation selectors.
        label: its name.
        tags: further words for it, most of them shared by several concepts.
    """

    code_point: str
    label: str
    tags: tuple[str, ...]


def bare(code_point):
    """Drops variation selectors, on which packages disagree; upper case."""
    parts = code_point.upper().split("-")
    return "-".join(part for part in parts if part != _VARIATION_SELECTOR)


def read(folder, language="en", with_variants=False):
    """Reads the concepts and their names in a language.

    Args:
        folder: `pathlib.Path` of the archives.
        language: one of `LANGUAGES`.
        with_variants: with flags and skin tones too, which mostly have one label a picture.

    Returns:
        `{code point: Concept}` in Unicode's order.

    Raises:
        RequestError: as `archives.read_json`.
    """
    found = {}
    for entry in archives.read_json(folder, archives.NAMES, f"{language}/data.json"):
        group = entry.get("group")
        if group in (None, _COMPONENTS) or (group == _FLAGS and not with_variants):
            continue
        skins = entry.get("skins", ()) if with_variants else ()
        for each in (entry, *skins):
            code_point = bare(each["hexcode"])
            tags = each.get("tags") or entry.get("tags") or ()
            found[code_point] = Concept(code_point, each["label"].lower(),
                                        tuple(tag.lower() for tag in tags))
    return found


def captions(concept, style, language="en"):
    """Returns the captions of a picture: label, label with the style, then tags; no two alike.

    >>> captions(Concept("1F355", "pizza", ("cheese", "slice")), "blob")
    ('pizza', 'pizza in blob style', 'cheese', 'slice')
    """
    styled = _STYLED.get(language, "{} {}").format(concept.label, style)
    return tuple(dict.fromkeys((concept.label, styled, *concept.tags)))
