"""Which pictures are held out: styles of a concept whose other styles are trained on."""

import collections
import re

from zoo.datasets.openmoji import splits

TEST_SHARE, VALIDATION_SHARE = 0.05, 0.025
FEWEST_IN_TRAINING = 3  # Styles of each concept.
TRAIN, VALIDATION, TEST = SPLITS = "train", "validation", "test"
_ID = re.compile(r'(?<=id=")[^"]*|(?<=url\(#)[^)]*|(?<=href="#)[^"]*')


def drawing(svg):
    """Returns what an SVG draws, equal for pictures that look equal; ids are made numbers first."""
    numbers = collections.defaultdict(lambda: str(len(numbers)))
    return splits.drawing(_ID.sub(lambda found: numbers[found[0]], svg).lower())


def assign(svgs):
    """Assigns every picture to a split.

    Held out are at most so many styles of a concept that `FEWEST_IN_TRAINING` are left, and none
    that is drawn the same for another concept or in another style.

    Args:
        svgs: `{style: {code point: SVG text}}`.

    Returns:
        `{(code point, style): one of SPLITS}`.
    """
    drawings = {(code_point, style): drawing(svg) for style, each in svgs.items()
                for code_point, svg in each.items()}
    owners = collections.Counter(drawings.values())
    left = collections.Counter(code_point for code_point, _ in drawings)
    split = {}
    places = {picture: splits.position(" ".join(picture)) for picture in drawings}
    for picture in sorted(drawings, key=places.get):
        place = places[picture]
        split[picture] = TRAIN
        if (place < TEST_SHARE + VALIDATION_SHARE and left[picture[0]] > FEWEST_IN_TRAINING
                and owners[drawings[picture]] == 1):
            split[picture] = TEST if place < TEST_SHARE else VALIDATION
            left[picture[0]] -= 1
    return split
