"""Pairs of emoji: the same concept in two styles of `emoji_styles`."""

import tensorflow_datasets as tfds

from zoo.datasets.emoji_styles import icons, splits
from zoo.errors import RequestError


def read(builder, split, styles):
    """Returns the concepts that both styles draw.

    A pair is held out where one of its pictures is: for the test where one is of the test.

    Args:
        builder: prepared builder of `emoji_styles`.
        split: "train", "validation" or "test".
        styles: names of two styles, of the left picture and of the right one.

    Returns:
        `{code point: two encoded pictures}`, in the order of the code points.

    Raises:
        RequestError: these are not two styles.
    """
    if not len(styles) == len(set(styles) & set(icons.STYLES)) == 2:
        raise RequestError(f"--image_feature={','.join(styles)}: name two styles of emoji, "
                           f"left,right, of {', '.join(icons.STYLES)}.")
    pictures, split_of = {style: {} for style in styles}, {}
    for part in splits.SPLITS:
        for example in builder.as_data_source(part, decoders={"image": tfds.decode.SkipDecoding()}):
            style = icons.STYLES[int(example["style"])]
            if style in pictures:
                concept = example["concept"].decode()
                pictures[style][concept] = example["image"]
                split_of[concept] = part  # Held out parts come last.
    left, right = (pictures[style] for style in styles)
    return {concept: (left[concept], right[concept])
            for concept in sorted(left.keys() & right.keys()) if split_of[concept] == split}
