"""Sample sheets: the true picture, then several samples of its caption."""

import pathlib

import numpy as np
import tensorflow as tf

from zoo.core import sheets
from zoo.data import image, text
from zoo.errors import RequestError
from zoo.text_to_image import generation

_SAMPLES = 4


def sheet(model, splits, captions_per_split=16):
    """Draws a sheet from fixed captions and fixed noise.

    Args:
        model: `TextToImageGAN`.
        splits: `{split name: CaptionedPictures}`.
        captions_per_split: captions taken evenly spaced from each split.

    Returns:
        uint8 `(height, width, 3)`.
    """
    rows = []
    tokenizer = text.Tokenizer(model.text_encoder.vocabulary)
    for split, pictures in splits.items():
        indices = np.linspace(0, len(pictures) - 1, captions_per_split).astype(int)
        captions = [pictures.captions[index][0] for index in indices]
        generated = sample(model, tokenizer, captions, seed=0)
        true = image.to_uint8(image.decode(
            tf.constant(pictures.pictures(indices)), generated.shape[2])).numpy()
        for row, caption in enumerate(captions):
            rows.append((f"{split}: {caption}", [true[row], *generated[row]]))
    return sheets.labelled(rows, columns=2)


def sample(model, tokenizer, captions, seed, count=_SAMPLES):
    """Returns `count` pictures a caption, uint8 `(captions, count, height, width, channels)`.

    Every caption gets the same noise, so that what differs between rows is the text.
    """
    tokens = tf.repeat(tokenizer(tf.constant(captions)), count, axis=0)
    latents = generation.noise(seed, count, model.generator.latent_dim)
    latents = tf.tile(latents, (len(captions), 1))
    images = generation.generate_many(model, tokens, latents)
    return images.reshape(len(captions), count, *images.shape[1:])


def requested_captions(captions, caption_file):
    """Returns the captions of `tools/sample.py`'s flags, those of the file last.

    Args:
        captions: list of str.
        caption_file: path of a UTF-8 file with a caption a line, or "".

    Raises:
        RequestError: no caption, an empty one, or a file that cannot be read.
    """
    captions = list(captions)
    if caption_file:
        try:
            captions += pathlib.Path(caption_file).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise RequestError(f"--caption_file={caption_file}: cannot be read as UTF-8 text "
                               f"({error}).") from None
        if not captions:
            raise RequestError(f"--caption_file={caption_file}: is empty; write a caption a line.")
    if not captions or not all(caption.strip() for caption in captions):
        raise RequestError("--caption is missing or empty: say what the picture shows.")
    return captions


def grid_png(model, captions, seed, count):
    """Returns an encoded PNG, bytes: one row of `count` pictures a caption, nothing else on it."""
    tokenizer = text.Tokenizer(model.text_encoder.vocabulary)
    unknown = tokenizer.unknown_words(captions)
    if unknown:
        print(f"not in the vocabulary, and ignored: {', '.join(unknown)}", flush=True)
    rows, columns, height, width, channels = (
        images := sample(model, tokenizer, captions, seed, count)).shape
    grid = images.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels)
    return tf.io.encode_png(grid).numpy()
