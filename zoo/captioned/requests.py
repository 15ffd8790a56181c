"""What `tools/sample.py` is asked for, checked without the networks."""

import dataclasses
import math
import pathlib
from typing import Literal

from zoo.errors import RequestError

_INTERPOLATION_STEPS = 8
_KINDS = {"interpolate": "interpolation", "neighbours": "neighbours",
          "right_answers": "right_answers"}  # By flag.


@dataclasses.dataclass(frozen=True)
class SampleRequest:
    """A request without contradictions."""

    kind: Literal["grid", "interpolation", "neighbours", "right_answers"]
    captions: tuple[str, ...]  # Of an interpolation one or two, otherwise any number above 0.
    count: int  # Samples a caption; of an interpolation its steps, both ends counted in.
    seed: int
    truncation: float  # Bound of the noise; 0: none.
    animated: bool  # GIF; only an interpolation.


def read(request):
    """Returns the flags of `tools/sample.py` as a `SampleRequest`.

    Args:
        request: object with the tool's flags as attributes.

    Raises:
        RequestError: something is missing or contradicts something else.
    """
    captions = _captions(request.caption, request.caption_file)
    asked = [name for name in ("interpolate", "neighbours", "right_answers")
             if getattr(request, name)]
    if len(asked) > 1:
        raise RequestError(f"{' and '.join(f'--{name}' for name in asked)}: give one of them.")
    kind = _KINDS[asked[0]] if asked else "grid"
    suffix = pathlib.Path(request.out).suffix.lower()
    if suffix == ".gif" and kind != "interpolation":
        raise RequestError(f"--out={request.out}: only --interpolate writes a GIF; end in .png.")
    if suffix not in (".png", ".gif"):
        raise RequestError(f"--out={request.out}: must end in .png"
                           f"{' or .gif' if kind == 'interpolation' else ''}.")
    count = request.num_samples or (_INTERPOLATION_STEPS if kind == "interpolation" else 1)
    if kind == "interpolation" and len(captions) > 2:
        raise RequestError(f"--interpolate: {len(captions)} captions are given; it goes between "
                           "two captions, or between two samples of one.")
    if kind == "interpolation" and count < 2:
        raise RequestError("--num_samples=1: an interpolation has at least 2 steps.")
    if not 0 <= request.truncation < math.inf:
        raise RequestError(f"--truncation={request.truncation}: must be a number above 0, "
                           "or 0 for none.")
    return SampleRequest(kind, captions, count, request.seed, request.truncation, suffix == ".gif")


def _captions(captions, caption_file):
    """Returns the captions of both flags, those of the file last."""
    captions = list(captions)
    if caption_file:
        try:
            captions += pathlib.Path(caption_file).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise RequestError(f"--caption_file={caption_file}: cannot be read as UTF-8 text "
                               f"({error}).") from None
        if not captions:
            raise RequestError(f"--caption_file={caption_file}: is empty; write a caption a line.")
    if not captions or not all(caption.strip() for caption in captions):
        raise RequestError("--caption is missing or empty: say what the picture shows.")
    try:
        "".join(captions).encode()
    except UnicodeEncodeError:  # The bytes that Python could not decode are lone surrogates.
        raise RequestError("--caption: is not UTF-8; set the terminal to UTF-8, or use "
                           "--caption_file.") from None
    return tuple(captions)
