"""What `tools/sample.py` is asked for, checked without the networks."""

import dataclasses
import pathlib
from typing import Literal

from zoo.data import audio
from zoo.data.folder.kept import BadInput
from zoo.errors import RequestError

_FORMATS = {".wav": "WAV", ".flac": "FLAC"}


@dataclasses.dataclass(frozen=True)
class SampleRequest:
    """A noisy file and the kind of file to write."""

    noisy: pathlib.Path
    file_format: Literal["WAV", "FLAC"]


def read(request):
    """Returns the flags of `tools/sample.py` as a `SampleRequest`.

    Args:
        request: object with the tool's flags as attributes.

    Raises:
        RequestError: a flag is missing, or the noisy file is no usable sound as far as its
            beginning shows.
    """
    if not request.noisy:
        raise RequestError("--noisy is missing: name the sound file to enhance.")
    noisy, out = pathlib.Path(request.noisy), pathlib.Path(request.out)
    if out.suffix.lower() not in _FORMATS:
        raise RequestError(f"--out={out}: must end in .wav or .flac.")
    if out.exists() and noisy.exists() and out.samefile(noisy):
        raise RequestError(f"--out={out}: is the noisy file itself; name another.")
    try:
        rate, channels, blocks = audio.blocks(noisy)
        next(blocks)
    except BadInput as error:
        raise RequestError(f"--noisy={noisy}: {error}.") from None
    if problem := audio.check_writable(_FORMATS[out.suffix.lower()], rate, channels):
        raise RequestError(f"--out={out}: {problem} ({noisy} has {channels} channels at {rate:,} "
                           "Hz).")
    return SampleRequest(noisy, _FORMATS[out.suffix.lower()])
