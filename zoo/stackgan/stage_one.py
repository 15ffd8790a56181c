"""Taking over a finished Stage I with its text encoder, and refusing one that does not fit."""

import numpy as np

from zoo.captioned.experiment import TEXT_ENCODER
from zoo.core import locate, networks
from zoo.data import text
from zoo.errors import RequestError
from zoo.stackgan.stage_one_networks import StageIGenerator

GENERATOR = "generator"  # In Stage I's folder, the averaged one.
STAGE_ONE = "stage_one"  # The same in Stage II's.
_FLAG = "--hparam=stage_one"


def check(reference, image_size):
    """Refuses what is no finished Stage I with pictures of the size asked for.

    Args:
        reference: workdir or shipped name.
        image_size: pixels.

    Raises:
        RequestError: one line that says what is wrong.
    """
    folder = locate.run_folder(reference, _FLAG)
    if not all(networks.exists(folder, name) for name in (GENERATOR, TEXT_ENCODER)):
        raise RequestError(f"{_FLAG}={reference}: has not finished, or is no run of "
                           "stackgan/stage_one; run its training to the end first.")
    generator = networks.load(folder, GENERATOR)
    if not isinstance(generator, StageIGenerator):
        raise RequestError(f"{_FLAG}={reference}: holds a {type(generator).__name__}; name a run "
                           "of stackgan/stage_one.")
    if generator.image_size != image_size:
        raise RequestError(
            f"{_FLAG}={reference}: makes {generator.image_size}x{generator.image_size} pictures, "
            f"but stage_one_size is {image_size}; change one of them.")


def _text_encoder(reference):
    return networks.load(locate.run_folder(reference, _FLAG), TEXT_ENCODER)


def check_vocabulary(reference, captions):
    """Refuses a Stage I that cannot read most of the words of the training captions.

    Args:
        reference: workdir or shipped name that `check` has accepted.
        captions: list of str.

    Raises:
        RequestError: over half of the captions' different words are unknown to it.
    """
    words = set(text.build_vocabulary(captions))
    unknown = sorted(words - set(_text_encoder(reference).vocabulary))
    if len(unknown) > len(words) / 2:
        raise RequestError(
            f"{_FLAG}={reference}: has another vocabulary; {len(unknown)} of the {len(words)} "
            f"words of --dataset are unknown to it ({', '.join(unknown[:3])}, …); train Stage I "
            "on the same captions.")


def check_text_encoder(reference, folder):
    """Refuses a text encoder, asked for by name, that is not Stage I's own.

    Args:
        reference: workdir or shipped name that `check` has accepted.
        folder: of the text encoder.

    Raises:
        RequestError: another vocabulary or other weights.
    """
    own, other = _text_encoder(reference), networks.load(folder, TEXT_ENCODER)
    if own.vocabulary != other.vocabulary:
        difference = "another vocabulary"
    elif not all(map(np.array_equal, own.get_weights(), other.get_weights())):
        difference = "other weights"
    else:
        return
    raise RequestError(f"--hparam=text_encoder={folder}: has {difference} than that of "
                       f"{_FLAG}={reference}, with which Stage II goes on; leave it out.")


def copy(reference, folder, max_words):
    """Copies Stage I's averaged G and its text encoder into the folder of a Stage II."""
    source = locate.run_folder(reference, _FLAG)
    encoder = networks.load(source, TEXT_ENCODER)
    encoder.max_words = max_words
    networks.save(encoder, folder, TEXT_ENCODER)
    networks.save(networks.load(source, GENERATOR), folder, STAGE_ONE)
