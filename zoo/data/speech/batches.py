"""Training batches of windows of noisy and clean speech."""

import numpy as np

from zoo import extras
from zoo.data import pipeline
from zoo.data.audio import SAMPLE_RATE

with extras.needed("speech"):
    import soxr

_MARGIN = 8  # Samples drawn besides, since resampling may end a little early.


class SpeechBatches:
    """Plans batches of `noisy` and `clean`, float32 `(n, window)`, 16 kHz, full scale 1.

    A recording is drawn as often as it has windows. Every draw is a function of the seed, the step
    and the row.

    Args:
        speech: `PairedSpeech` or `MixedSpeech`.
        window: samples.
        seed: seed of order and draws.
        batch_size: global batch size.
        snr_db: lowest and highest SNR of mixtures, dB.
        clean_share: of the rows whose noisy speech is the clean one, in [0, 1]: what is clean
            must stay so.
        level_db: lowest and highest level of the noisy windows, dB of full scale; () leaves the
            recordings' own.
        speed: lowest and highest speed at which recordings are played: other voices.
    """

    def __init__(self, speech, window, seed, batch_size, snr_db=(-5.0, 20.0), clean_share=0.0,
                 level_db=(), speed=(1.0, 1.0)):
        self.speech = speech
        self.window = window
        self.seed = seed
        self.batch_size = batch_size
        self.snr_db = snr_db
        self.clean_share = clean_share
        self.level_db = level_db
        self.speed = speed
        self.weights = np.maximum(speech.lengths / window, 1.0)

    def __len__(self):
        return len(self.speech)

    def plan(self, rows):
        """Returns these rows."""
        indices = pipeline.weighted_indices(self.seed, rows, self.weights)
        pairs = [self._pair(index, pipeline.random_of(self.seed, row))
                 for index, row in zip(indices, rows, strict=True)]
        noisy, clean = (np.stack(each) for each in zip(*pairs, strict=True))
        return {"noisy": noisy, "clean": clean}

    def _pair(self, index, random):
        speed = random.uniform(*self.speed)
        samples = int(np.ceil(self.window * speed)) + _MARGIN
        pair = np.stack(self.speech.draw(index, samples, random.uniform(*self.snr_db), random), 1)
        if speed != 1.0:
            pair = soxr.resample(pair, SAMPLE_RATE * speed, SAMPLE_RATE, "MQ")
        pair = pair[:self.window]
        if random.random() < self.clean_share:
            pair[:, 0] = pair[:, 1]
        if self.level_db:
            level = np.sqrt(np.mean(pair[:, 0] ** 2) + 1e-10)
            pair *= 10 ** (random.uniform(*self.level_db) / 20) / level
        # A recorder that would have overflowed was turned down.
        pair /= max(1.0, np.abs(pair).max())
        return pair[:, 0].astype(np.float32), pair[:, 1].astype(np.float32)

    def dataset(self, start_step=0, first_replica=0, local_replicas=1, replicas=1):
        """Returns the endless data set from `start_step` on; see `pipeline.make_dataset`."""
        return pipeline.make_dataset(self.plan, dict, self.batch_size, start_step, first_replica,
                                     local_replicas, replicas)
