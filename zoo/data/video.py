"""Videos by random access: how long each is, its encoded frames read when needed."""

import functools

import numpy as np
import tensorflow_datasets as tfds

from zoo.data.folder import preparing
from zoo.data.folder.kept import fingerprint_of
from zoo.data.video_folder import folder as own_videos
from zoo.datasets import builders
from zoo.errors import RequestError

# Grey levels, see `video_folder.folder.modality`; below it a frame is as good as the last.
MIN_MOVEMENT = 8.0
# Encoded videos up to this size are kept in memory; larger data sets are read from disk.
_MEMORY_LIMIT = 256 * 2**20
# Of TFDS data sets without the usual splits, what to take for them.
_SPLITS = {"moving_mnist": {
    "train": "test[:80%]", "validation": "test[80%:90%]", "test": "test[90%:]"}}


class Videos:
    """One split of a data set of videos.

    Args:
        lengths: list with the number of frames of each.
        read: function (index, start, stop) to a list of encoded frames, bytes.
        movement: list of each video's movements, frame by frame, see
            `zoo.data.video_folder.folder.modality`; None: every frame counts as moving.
        fingerprint: str that differs where the videos do; "" for a TFDS data set, whose name and
            version say which they are.

    Attributes:
        lengths, read, fingerprint: as given.
    """

    def __init__(self, lengths, read, movement=None, fingerprint=""):
        self.lengths = list(lengths)
        self.read = read
        self.fingerprint = fingerprint
        self._movement = movement

    def __len__(self):
        return len(self.lengths)

    def windows(self, num_frames, stride=1):
        """Lists the clips that can be cut and in which something moves.

        Static clips are left out, as in Mathieu et al. 2016, section 4: those whose movement, on
        average over its frames, is below `MIN_MOVEMENT`.

        Args:
            num_frames: of a clip, at least 2.
            stride: frames from one beginning to the next.

        Returns:
            int array `(n, 2)`: video and first frame of each.
        """
        found = []
        for video, length in enumerate(self.lengths):
            for start in range(0, length - num_frames + 1, stride):
                moves = self._movement and self._movement[video][start + 1:start + num_frames]
                if not moves or np.mean(moves) >= MIN_MOVEMENT:
                    found.append((video, start))
        return np.array(found, int).reshape(-1, 2)


def load(name, split, data_dir="", image_size=64, num_frames=2):
    """Opens a split of a folder of one's own videos, or of a TFDS data set.

    The data set is prepared first where that has not been done.

    Args:
        name: path that begins with "/", "." or "~" (see `zoo.data.video_folder`), or the name of a
            TFDS data set with one video an example, for instance "moving_openmoji".
        split: "train", "validation", "test", …
        data_dir: TFDS root; empty: its default.
        image_size: of a folder, the largest height and width that will be asked for, pixels.
        num_frames: of a folder, of the shortest video that is of use.

    Returns:
        `Videos`.

    Raises:
        RequestError: unknown data set or split, no videos in it, no space or permission.
    """
    if preparing.is_folder(name):
        return _load_folder(name, split, data_dir, image_size, num_frames)
    return _load_tfds(name, split, data_dir)


# For callers that ask again and again: sample sheets, evaluations, checks before training.
load_once = functools.lru_cache(maxsize=4)(load)


def check_inputs(name, data_dir, image_size, num_frames, on_bad_input, path):
    """Checks a data set's videos as `preparing.check` does; its other arguments as of `load`."""
    if preparing.is_folder(name):
        load_once.cache_clear()  # A run that begins sees the folder as it is now.
        preparing.check(name, data_dir, own_videos.modality(image_size, num_frames), on_bad_input,
                     path)


def _load_folder(name, split, data_dir, image_size, num_frames):
    folder = preparing.prepare(name, data_dir, own_videos.modality(image_size, num_frames))
    videos = folder.of_split(split)
    return Videos(
        [len(video["shown"]) for video in videos],
        lambda index, start, stop: [folder.read(videos[index], frame)
                                    for frame in videos[index]["shown"][start:stop]],
        [video["movement"] for video in videos], fingerprint_of(videos))


class _Encoded(tfds.decode.SkipDecoding):
    """Leaves the frames of a video encoded; that of TFDS knows only single pictures here."""

    def decode_batch_example_np(self, serialized_example):
        return serialized_example


def _load_tfds(name, split, data_dir):
    builder = builders.find(name, data_dir)
    features = builder.info.features
    found = [key for key in features if isinstance(features[key], tfds.features.Video)]
    if len(found) != 1:
        raise RequestError(f"--dataset={name}: must have one feature that is a video; it has "
                           f"{', '.join(found) or 'none'}.")
    [key] = found
    builders.prepare(builder, name)
    parts = _SPLITS.get(builder.name, {})
    if split not in parts:
        builders.check_split(builder, name, split)
    source = builder.as_data_source(parts.get(split, split), decoders={key: _Encoded()})
    lengths, kept, size = [], [], 0
    for example in source:
        frames = list(example[key])
        lengths.append(len(frames))
        size += sum(map(len, frames))
        if size <= _MEMORY_LIMIT:
            kept.append(frames)
    if size <= _MEMORY_LIMIT:
        return Videos(lengths, lambda index, start, stop: kept[index][start:stop])
    return Videos(lengths, lambda index, start, stop: source[index][key][start:stop])
