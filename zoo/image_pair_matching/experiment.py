"""Training and measuring a matcher of pairs of pictures."""

import numpy as np

from zoo.core.workdir import Workdir
from zoo.data import decoding
from zoo.data.image_pairs import batches, pairs
from zoo.data.image_pairs.batches import ImagePairBatches
from zoo.data.image_pairs.form import Form
from zoo.image_pair_matching.hparams import ImagePairMatchingHParams
from zoo.image_pair_matching.model import ImagePairMatcher
from zoo.image_pair_matching.networks import ImagePairEncoder
from zoo.layers.image_encoder import ImageEncoder
from zoo.matching.experiment import MatcherExperiment, recalls
from zoo.metrics.encoder import window_features


class ImagePairMatchingExperiment(MatcherExperiment):
    """`image_pair_matching/contrastive`: an encoder of sources and one of targets."""

    hparams_class = ImagePairMatchingHParams

    def __init__(self, settings):
        super().__init__(settings)
        h = self.hparams
        self.form = Form(h.image_size, h.image_size, direction=h.direction)
        # Random windows of pictures of that size.
        self.window_form = Form(h.window_size, h.window_size, direction=h.direction,
                                jitter=h.image_size - h.window_size, flip=True)

    def check_request(self):
        pairs.check_inputs(self.settings.dataset, self.settings.data_dir, self.form,
                           self.settings.on_bad_input, Workdir(self.settings.workdir).bad_inputs)
        self._pairs("train")

    def build_model(self, folder):
        h = self.hparams
        source, target = (ImageEncoder(h.window_size, h.architecture, h.channels, h.output_dim)
                          for _ in range(2))
        return ImagePairMatcher(ImagePairEncoder(source, target), seed=self.settings.seed)

    def training_data(self, folder):
        return ImagePairBatches(
            self._pairs("train"), self.window_form, self.settings.seed, self.settings.batch_size)

    def evaluate(self, model, folder, split, max_examples, seed):
        """R@1, R@5, R@10 in both directions, among the windows side by side of all pictures.

        Intervals are over pictures, each with all of its windows.
        """
        split = self._pairs(split)
        count = min(len(split), max_examples or len(split))
        shown = [decoding.to_integers(images, 8).numpy()
                 for images in batches.plain(split, self.form, range(count))]
        network, stride = model.ema_generator, self.hparams.window_size
        sources, targets = (
            window_features(encoder, images, stride) for encoder, images in zip(
                (network.source_encoder, network.target_encoder), shown, strict=True))
        pictures = np.arange(count).repeat(len(sources) // count)
        return recalls(sources, targets, ("source", "target"), seed, clusters=pictures)

    def data_fingerprint(self):
        return self._pairs("train").fingerprint

    def _pairs(self, split):
        return pairs.load_once(self.settings.dataset, split, self.settings.data_dir, self.form,
                               self.settings.image_feature)
