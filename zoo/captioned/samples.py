"""Sample sheets during training, and the files of `tools/sample.py`."""

import weakref

import numpy as np
import tensorflow as tf

from zoo.captioned import generation, interpolation, modes, nearest
from zoo.core import gif, sheets
from zoo.data import image, text

_SAMPLES = 4
_named = weakref.WeakKeyDictionary()  # Words, by model, that the user has been told of.


def sheet(model, splits, captions_per_split=16):
    """Draws a sheet from fixed captions and fixed noise: the true picture, then samples.

    Of a generator with several stages, each sample is shown at all of them, enlarged to one size.

    Args:
        model: `CaptionedGAN`.
        splits: `{split name: CaptionedPictures}`.
        captions_per_split: captions taken evenly spaced from each split.

    Returns:
        uint8 `(height, width, 3)`.
    """
    rows = []
    tokenizer = text.tokenizer_for(model.text_encoder)
    for split, pictures in splits.items():
        indices = np.linspace(0, len(pictures) - 1, captions_per_split).astype(int)
        captions = [pictures.captions[index][0] for index in indices]
        stages = sample(model, tokenizer, captions, seed=0, generate=generation.generate_stages)
        size = stages[-1].shape[2]
        true = image.to_uint8(image.decode(
            tf.constant(pictures.pictures(indices)), size)).numpy()
        shown = max(1, _SAMPLES // len(stages))
        for row, caption in enumerate(captions):
            generated = [stage[row, i].repeat(size // stage.shape[2], axis=0).repeat(
                size // stage.shape[2], axis=1) for i in range(shown) for stage in stages]
            rows.append((f"{split}: {caption}", [true[row], *generated]))
    return sheets.labelled(rows, columns=2)


def sample(model, tokenizer, captions, seed, count=_SAMPLES, truncation=0.0,
           generate=generation.generate):
    """Returns `count` pictures a caption, uint8 `(captions, count, height, width, channels)`.

    Every caption gets the same noise, so that what differs between rows is the text. With
    `generation.generate_stages` as `generate`, a tuple of such arrays, one for each stage.
    """
    tokens = tf.repeat(tokenizer(tf.constant(captions)), count, axis=0)
    latents = tf.tile(_latents(model, seed, count, truncation), (len(captions), 1))
    images = generation.generate_many(model, tokens, latents, generate_batch=generate)
    return tf.nest.map_structure(
        lambda each: each.reshape(len(captions), count, *each.shape[1:]), images)


def requested(model, request, pictures):
    """Returns the encoded file, PNG or GIF, that answers a request.

    A grid has one row of pictures a caption and nothing else on it; an interpolation is one row.

    Args:
        model: `CaptionedGAN`.
        request: `SampleRequest`.
        pictures: function from the name of a split to its `CaptionedPictures`.
    """
    tokenizer = text.tokenizer_for(model.text_encoder)
    _tell_unread(model, tokenizer, request.captions)
    if request.kind == "interpolation":
        frames = interpolation.frames(
            model, tokenizer, request.captions,
            _latents(model, request.seed, 2, request.truncation), request.count)
        if request.animated:
            return gif.encode(gif.there_and_back(frames))
        return _png(_grid(frames[None]))
    images = sample(model, tokenizer, request.captions, request.seed, request.count,
                    request.truncation)
    if request.kind == "grid":
        return _png(_grid(images))
    if request.kind == "right_answers":
        return _png(_beside_right_answers(images, request.captions, pictures("train")))
    sheet_of_neighbours, summary = nearest.sheet(
        images.reshape(-1, *images.shape[2:]), np.repeat(request.captions, request.count),
        pictures("train"), pictures("test"))
    print(summary, flush=True)
    return _png(sheet_of_neighbours)


def _beside_right_answers(images, captions, training):
    rows = []
    answers = modes.right_answers(captions, images.shape[2], training)
    for caption, drawn, right in zip(captions, images, answers, strict=True):
        shown = [*right[:len(drawn)], *[np.full_like(drawn[0], 255)] * (len(drawn) - len(right))]
        rows += [(f"{caption}: {len(right)} right answers", shown), ("drawn", drawn)]
    return sheets.labelled(rows)


def _latents(model, seed, count, truncation):
    latents = generation.noise(seed, count, model.noise_dim)
    return generation.truncated(latents, truncation) if truncation else latents


def _tell_unread(model, tokenizer, captions):
    """Says what of the captions the model cannot read; of words once, of what is cut each time."""
    named = _named.setdefault(model, set())
    for found, told in (
            (tokenizer.unknown_words, 'not in the vocabulary, each read as "some other word"'),
            (tokenizer.passed_over, "symbols, of which the vocabulary has none, passed over")):
        new = [word for word in found(captions) if word not in named]
        if new:
            named.update(new)
            print(f"{told}: {', '.join(new)}", flush=True)
    for caption in captions:
        if left_out := tokenizer.left_out(caption):
            print(f"{_start(caption)!r} is cut after {tokenizer.max_length} words; not read: "
                  f"{_start(left_out)}", flush=True)


def _start(words, length=60):
    return words if len(words) <= length else words[:length - 1] + "…"


def _grid(images):
    rows, columns, height, width, channels = images.shape
    return images.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels)


def _png(picture):
    return tf.io.encode_png(picture).numpy()
