"""What `tools/sample.py` is asked for, checked without the networks."""

import dataclasses
import pathlib

import numpy as np
import tensorflow as tf

from zoo.data import image
from zoo.data.folder import pictures
from zoo.data.folder.kept import BadInput
from zoo.data.video_folder import decoding, folder, timing
from zoo.errors import RequestError

_NUM_FRAMES = 16


@dataclasses.dataclass(frozen=True)
class SampleRequest:
    """A request without contradictions."""

    paths: tuple[pathlib.Path, ...]  # The video file, or the pictures that are its frames.
    num_frames: int  # To predict.
    seed: int
    animated: bool  # GIF; otherwise a strip as PNG.


def read(request):
    """Returns the flags of `tools/sample.py` as a `SampleRequest`.

    Args:
        request: object with the tool's flags as attributes.

    Raises:
        RequestError: something is missing or wrong.
    """
    suffix = pathlib.Path(request.out).suffix.lower()
    if suffix not in (".gif", ".png"):
        raise RequestError(f"--out={request.out}: must end in .gif, or in .png for a strip.")
    if not request.frames:
        raise RequestError("--frames is missing: name a video file or a folder of frames.")
    path = pathlib.Path(request.frames).expanduser()
    if path.is_dir():
        names = folder.in_order(
            each.name for each in path.iterdir()
            if each.suffix.lower() in decoding.FRAMES and not each.name.startswith("."))
        if not names:
            raise RequestError(f"--frames={path}: holds no frames (PNG, JPEG, BMP, TIFF); name a "
                               "video file or a folder of frames.")
        paths = tuple(path / name for name in names)
    elif path.is_file():
        paths = (path,)
    else:
        raise RequestError(f"--frames={path}: there is no such file or folder.")
    return SampleRequest(paths, request.num_frames or _NUM_FRAMES, request.seed, suffix == ".gif")


def past_frames(request, context_frames, image_size):
    """Reads the end of the video that a request names.

    Args:
        request: `SampleRequest`.
        context_frames: frames to read, the last ones.
        image_size: height and width to which they are cut and scaled, pixels.

    Returns:
        uint8 `(context_frames, image_size, image_size, 3)`.

    Raises:
        RequestError: it cannot be read, or is too short.
    """
    path = request.paths[0] if len(request.paths) == 1 else request.paths[0].parent
    times, encoded = [], []
    try:
        for time, frame in decoding.read(request.paths):
            times.append(time)
            encoded.append(pictures.to_png(frame, image_size))
        shown = timing.constant_rate(times)
    except BadInput as error:
        raise RequestError(f"--frames={path}: {error}.") from None
    if len(shown) < context_frames:
        raise RequestError(f"--frames={path}: has {len(shown)} of the {context_frames} frames "
                           "needed.")
    last = np.array([encoded[i] for i in shown[-context_frames:]], object)
    return image.to_uint8(image.decode(tf.constant(last), image_size)).numpy()
