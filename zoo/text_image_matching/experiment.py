"""Training and measuring a caption-picture matcher."""

import pathlib

import tensorflow as tf

from zoo.core.workdir import Workdir
from zoo.data import captioned, image, text, vocabulary
from zoo.data.text_image import TextImageBatches
from zoo.layers import image_encoder
from zoo.layers.image_encoder import ImageEncoder
from zoo.layers.text_encoder import TextEncoder
from zoo.matching.experiment import MatcherExperiment, recalls
from zoo.text_image_matching.hparams import MatchingHParams
from zoo.text_image_matching.model import TextImageMatcher
from zoo.text_image_matching.networks import DualEncoder

VOCABULARY = "vocabulary.txt"


class MatchingExperiment(MatcherExperiment):
    """`text_image_matching/contrastive`: an image encoder and a text encoder, trained together."""

    hparams_class = MatchingHParams

    def check_request(self):
        image_encoder.check_size(self.hparams.image_size, channels=self.hparams.image_channels)
        captioned.check_inputs(
            self.settings.dataset, self.settings.data_dir, self.hparams.image_size,
            self.settings.on_bad_input, Workdir(self.settings.workdir).bad_inputs)
        self._pictures("train")

    def data_fingerprint(self):
        return self._pictures("train").fingerprint

    def prepare(self, folder):
        path = pathlib.Path(folder) / VOCABULARY
        if not path.exists():
            captions = self._pictures("train").all_captions()
            vocabulary.write(path, text.build_vocabulary(captions, self.hparams.min_word_count))

    def build_model(self, folder):
        h = self.hparams
        words = vocabulary.read(pathlib.Path(folder) / VOCABULARY)
        return TextImageMatcher(
            DualEncoder(
                TextEncoder(words, h.text_architecture, h.embedding_dim, h.units, h.output_dim,
                            h.max_words),
                ImageEncoder(h.image_size, h.image_architecture, h.image_channels, h.output_dim)),
            augment=h.augment, seed=self.settings.seed)

    def start_from(self, model, folder, restore):
        """Takes over the weights of words by word; new words start anew."""
        donor = model
        if (pathlib.Path(folder) / VOCABULARY).exists():
            donor = self.build_model(folder)
        restore(donor, folder)
        if donor is model:
            return
        for own, other in ((model.generator, donor.generator),
                           (model.ema_generator, donor.ema_generator)):
            own.image_encoder.set_weights(other.image_encoder.get_weights())
            own.log_scale.assign(other.log_scale)
            own.text_encoder.take_over(other.text_encoder)
        own, other = model.generator.text_encoder, donor.generator.text_encoder
        print(f"{folder}: {own.told_words(other)}", flush=True)

    def training_data(self, folder):
        words = vocabulary.read(pathlib.Path(folder) / VOCABULARY)
        tokenizer = text.Tokenizer(words, self.hparams.max_words)
        pictures = self._pictures("train")
        tokenizer.tell_cut(pictures.all_captions())
        return TextImageBatches(
            pictures, tokenizer, self.hparams.image_size, self.settings.seed,
            self.settings.batch_size)

    def evaluate(self, model, folder, split, max_examples, seed):
        """R@1, R@5, R@10 in both directions, main captions against all pictures of the split."""
        pictures = self._pictures(split)
        count = min(len(pictures), max_examples or len(pictures))
        network = model.ema_generator
        tokenizer = text.tokenizer_for(network.text_encoder)
        captions = [texts[0] for texts in pictures.captions[:count]]
        texts = network.text_encoder.predict(tokenizer(tf.constant(captions)), verbose=0)
        images = network.image_encoder.predict(
            image.decode(tf.constant(pictures.pictures(range(count))), self.hparams.image_size),
            verbose=0)
        return recalls(texts, images, ("text", "image"), seed)

    def shipped_files(self):
        return (VOCABULARY,)

    def _pictures(self, split):
        return captioned.load_once(
            self.settings.dataset, split, self.settings.data_dir, self.hparams.image_size,
            self.settings.image_feature, self.settings.text_feature)
