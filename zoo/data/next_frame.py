"""Training batches of past frames, the next frame, and the past of another video."""

import numpy as np
import tensorflow as tf

from zoo.data import image, pipeline
from zoo.data.video import MIN_MOVEMENT
from zoo.errors import RequestError

_TRIED_PATCHES = 4


class NextFrameBatches:
    """Plans and finishes batches of clips cut on the fly.

    A batch holds `context` float32 `(n, context_frames, size, size, 3)` in [-1, 1] and
    `next_frame` `(n, size, size, 3)`. Where asked for it also holds `mismatched_context`, the past
    of another video.

    Args:
        videos: `Videos`.
        image_size: height and width to which frames are scaled, pixels.
        patch_size: height and width of the patch that is cut from each clip, pixels; of 4 places
            drawn, the first where something moves, else the one where most does (Mathieu et al.
            2016, section 4, train on patches with enough movement).
        context_frames: past frames.
        seed: seed of order and draws.
        batch_size: global batch size.
        mismatched: True adds `mismatched_context`.

    Raises:
        RequestError: no video has a moving clip, or only one has and `mismatched` needs another.
    """

    def __init__(self, videos, image_size, patch_size, context_frames, seed, batch_size,
                 mismatched):
        self.videos = videos
        self.image_size = image_size
        self.patch_size = patch_size
        self.context_frames = context_frames
        self.seed = seed
        self.batch_size = batch_size
        self.mismatched = mismatched
        self.windows = videos.windows(context_frames + 1)
        if len(set(self.windows[:, 0])) < 1 + mismatched:
            raise RequestError(
                f"--dataset: {len(set(self.windows[:, 0]))} of {len(videos)} training videos have "
                f"a clip of {context_frames + 1} frames in which something moves; "
                f"{1 + mismatched} or more are needed.")

    def __len__(self):
        return len(self.windows)

    def plan(self, rows):
        """Returns the encoded frames, and where patches may be cut, of these rows."""
        indices = pipeline.example_indices(self.seed, rows, len(self.windows))
        randoms = [pipeline.random_of(self.seed, row) for row in rows]
        batch = self._clips("clip", self.windows[indices], self.context_frames + 1, randoms)
        if self.mismatched:
            others = [self._other(video, random) for (video, _), random in zip(
                self.windows[indices], randoms)]
            batch |= self._clips("mismatched", others, self.context_frames, randoms)
        return batch

    def _clips(self, name, windows, num_frames, randoms):
        frames = np.empty((len(windows), num_frames), object)
        for row, (video, start) in enumerate(windows):
            frames[row] = self.videos.read(video, start, start + num_frames)
        places = [random.integers(self.image_size - self.patch_size + 1, size=(_TRIED_PATCHES, 2))
                  for random in randoms]
        return {f"{name}_frames": frames, f"{name}_places": np.array(places, np.int32)}

    def _other(self, video, random):
        """Draws a window of any other video."""
        while True:
            window = self.windows[random.integers(len(self.windows))]
            if window[0] != video:
                return window

    def finish(self, batch):
        """Decodes the frames and cuts the patches, in the graph."""
        clips = self._patches(batch["clip_frames"], batch["clip_places"])
        finished = {"context": clips[:, :-1], "next_frame": clips[:, -1]}
        if self.mismatched:
            finished["mismatched_context"] = self._patches(
                batch["mismatched_frames"], batch["mismatched_places"])
        return finished

    def _patches(self, encoded, places):
        clips = decode(encoded, self.image_size)
        if self.patch_size == self.image_size:
            return clips
        return tf.map_fn(
            lambda row: moving_patch(*row, self.patch_size), (clips, places),
            fn_output_signature=tf.TensorSpec(
                (encoded.shape[1], self.patch_size, self.patch_size, 3), tf.float32))

    def dataset(self, start_step=0, first_replica=0, local_replicas=1, replicas=1):
        """Returns the endless data set from `start_step` on; see `pipeline.make_dataset`."""
        return pipeline.make_dataset(self.plan, self.finish, self.batch_size, start_step,
                                     first_replica, local_replicas, replicas)


def decode(encoded, image_size):
    """Decodes clips: string `(n, time)` -> float32 `(n, time, size, size, 3)` in [-1, 1]."""
    frames = image.decode(tf.reshape(encoded, (-1,)), image_size)
    return tf.reshape(frames, (-1, encoded.shape[1], image_size, image_size, 3))


def moving_patch(clip, places, patch_size):
    """Cuts the first of several patches in which something moves, else the most moving one.

    Args:
        clip: float32 `(time, height, width, 3)` in [-1, 1].
        places: int32 `(tried, 2)`, row and column of the upper left corners.
        patch_size: pixels.

    Returns:
        float32 `(time, patch_size, patch_size, 3)`. "Moves" is a root-mean-square difference of
        consecutive frames of at least `MIN_MOVEMENT`.
    """
    changes = tf.reduce_mean(tf.square(clip[1:] - clip[:-1]), axis=(0, 3))
    of_patches = tf.stack([
        tf.sqrt(tf.reduce_mean(_cut(changes[None], place, patch_size)))
        for place in tf.unstack(places)])
    best = tf.argmax(tf.minimum(of_patches, MIN_MOVEMENT / 127.5))
    return _cut(clip, places[best], patch_size)


def _cut(frames, place, size):
    return frames[:, place[0]:place[0] + size, place[1]:place[1] + size]
