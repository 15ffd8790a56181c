"""Image to image: the source picture is the condition, D judges (source, candidate)."""

import keras
import numpy as np
import tensorflow as tf

from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.data import decoding, image, packs
from zoo.errors import RequestError
from zoo.image_to_image import inference
from zoo.losses import diversity
from zoo.losses.adversarial import ADVERSARIAL_LOSSES
from zoo.losses.divergence import standard_normal_divergence
from zoo.losses.feature_matching import feature_matching
from zoo.losses.reconstruction import l1, l2

_TILE_SIZE = 512  # Pixels.
_SEED_RANGE = 2**24  # What a float32 uniform number can tell apart.


@keras.saving.register_keras_serializable("zoo")
class ImageToImageGAN(AdversarialModel):
    """pix2pix (Isola et al. 2017, eq. 4) and all that its loss weights make of it.

    Terms, each on where `loss_weights` names it: `d_real` (source, its target), `d_fake` (source,
    generated picture), `g_adversarial`, the distances to the target `g_l1` and `g_l2`, and
    `g_feature_matching` (pix2pixHD). Without the terms of D and those that need it,
    `discriminator` may be None: that is the supervised baseline.

    For sources with several right targets: with `packing` above 1 D judges so many pictures of one
    source at once, joined along their channels (PacGAN, Lin et al. 2018). A G that has a noise
    vector and an encoder makes its last pictures of a source from noise that the encoder says
    stands for the true ones, and the distances to the target are theirs alone, so that they do not
    draw the others to one answer; `g_encoder_kl` keeps such noise near the noise that is drawn
    (cVAE-GAN), `g_latent_l1` asks for pictures from which the average encoder can tell their
    noise, as the mean distance (cLR-GAN; both are BicycleGAN: Zhu et al. 2017, section 3).
    `g_nearest_answer_l1` is the distance of each of the other pictures to that right target which
    is nearest to it; `g_mode_seeking` asks two of them to differ (Mao et al. 2019).

    Args:
        generator: network as `UNetGenerator`.
        discriminator: network as `PatchGANDiscriminator`, or None.
        adversarial_loss: key of `ADVERSARIAL_LOSSES`.
        packing: pictures of one source that D judges at once; D takes so many times the channels.
        encoded_draws: pictures of a source that start from true ones where G has an encoder, at
            most `packing`.
        nearest_answers: right targets of a source that `g_nearest_answer_l1` compares.
        kwargs: see `AdversarialModel`.

    Batches: `source` float32 `(n, height, width, channels)` and `target` float32 `(n, height,
        width, answers · channels)`, both in [-1, 1] (see `zoo.data.packs.pack`): as many right
        targets of the source as the larger of `packing` and `nearest_answers`.

    Raises:
        RequestError: `packing` above 1 with a G without noise, `g_mode_seeking` with one without a
            noise vector, `g_encoder_kl` or `g_latent_l1` with one without an encoder; an encoder
            with fresh batches for G or more `encoded_draws` than there are true pictures.
    """

    default_loss_weights = {"d_real": 0.5, "d_fake": 0.5, "g_adversarial": 1.0, "g_l1": 100.0,
                            "g_l2": 0.0, "g_feature_matching": 0.0, "g_encoder_kl": 0.0,
                            "g_latent_l1": 0.0, "g_nearest_answer_l1": 0.0,
                            "g_mode_seeking": 0.0}
    terms_without_discriminator = ("g_l1", "g_l2", "g_encoder_kl", "g_latent_l1",
                                   "g_nearest_answer_l1", "g_mode_seeking")

    def __init__(self, generator, discriminator=None, adversarial_loss="non_saturating", packing=1,
                 encoded_draws=1, nearest_answers=1, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.adversarial_loss = adversarial_loss
        self.packing = packing
        self.encoded_draws = encoded_draws
        self.nearest_answers = nearest_answers
        self._check_noise()

    def _check_noise(self):
        if self.packing > 1 and not self._has_noise:
            raise RequestError(f"packing={self.packing}: this generator has no noise, so all its "
                               "pictures of a source are one; build it with latent_dim.")
        if self.is_on("g_mode_seeking") and not self.generator.latent_dim:
            raise RequestError("g_mode_seeking: this generator has no noise vector; build it with "
                               "latent_dim.")
        if not self._encodes:
            for name in ("g_encoder_kl", "g_latent_l1"):
                if self.is_on(name):
                    raise RequestError(f"{name}: this generator has no encoder; build it with "
                                       "latent_dim and encoder_base_channels.")
        elif self.fresh_generator_batch:
            raise RequestError("fresh_generator_batch=True: a generator with an encoder starts "
                               "from the batch's own targets; set it False.")
        elif not 1 <= self.encoded_draws <= self.packing:
            raise RequestError(f"encoded_draws={self.encoded_draws}: must be 1 to "
                               f"packing={self.packing}, the true pictures of a source.")

    @property
    def _has_noise(self):
        return self.generator.num_dropout_blocks > 0 or self.generator.latent_dim > 0

    @property
    def _encodes(self):
        return self.generator.encoder is not None

    def condition(self, inputs):
        """Takes pictures, `(n, height, width, channels)`, uint8, uint16 or float32 in [-1, 1].

        Sides are multiples of the generator's; `sample` takes any.
        """
        pictures, multiple = image.as_float(inputs), self.generator.multiple
        if any(side is not None and side % multiple for side in pictures.shape[1:3]):
            raise RequestError(f"pictures of {pictures.shape[1]}x{pictures.shape[2]} pixels: sides "
                               f"must be multiples of {multiple}; sample takes any size.")
        return {"source": pictures}

    def sample(self, conditions, seed=0):
        """Translates pictures of any size; large ones in overlapping tiles, as exported models do.

        Args:
            conditions: pictures `(height, width, source_channels)`, an array or a list of them,
                uint8, uint16 or float32 in [-1, 1].
            seed: int; the same for every picture.

        Returns:
            uint8 `(n, height, width, target_channels)`; where sizes differ, a list of pictures.

        Raises:
            RequestError: another shape.
        """
        translate = tf.function(inference.translate, reduce_retracing=True)
        made = []
        for i, picture in enumerate(conditions):
            picture = image.as_float(picture)
            if picture.shape.rank != 3 or picture.shape[2] != self.generator.source_channels:
                raise RequestError(f"picture {i}: has shape {tuple(picture.shape)}, not (height, "
                                   f"width, {self.generator.source_channels}).")
            made.append(decoding.to_integers(translate(
                self.ema_generator, picture, tf.constant(seed, tf.int64),
                tf.constant(_TILE_SIZE)), 8).numpy())
        return np.stack(made) if len({each.shape for each in made}) == 1 else made

    @property
    def _num_encoded(self):
        return self.encoded_draws if self._encodes else 0

    @property
    def draws(self):
        """Pictures that G makes of each source of a batch in training."""
        drawn_freely = 2 if self.is_on("g_mode_seeking") else 1
        return max(self.packing, drawn_freely + self._num_encoded)

    def generate(self, batch, noise, training):
        network = self.generator if training else self.ema_generator
        if noise is None or len(noise.shape) == 2:
            return network(batch["source"], noise, training=training)
        seeds, latents = tf.reshape(noise, (-1, 2)), None
        if self._encodes:
            latents = self._latents(network, batch, seeds, training)
        made = network(tf.repeat(batch["source"], self.draws, axis=0), seeds, latents,
                       training=training)
        return packs.pack(made, self.draws)

    def _latents(self, network, batch, seeds, training):
        """Returns noise for all draws, `(batch · draws, latent_dim)`, the last ones encoded."""
        drawn = tf.reshape(network.latents(seeds), (-1, self.draws, network.latent_dim))
        free, rest = drawn[:, :-self.encoded_draws], drawn[:, -self.encoded_draws:]
        mean, log_sigma = self._moments(network, batch, training)
        latents = tf.concat([free, mean + tf.exp(log_sigma) * rest], axis=1)
        return tf.reshape(latents, (-1, network.latent_dim))

    def _moments(self, network, batch, training):
        """Returns the moments of noise for true pictures, `(batch, encoded_draws, latent_dim)`."""
        return packs.each_seen_by(
            network.encoder, self._encoded_targets(batch), self.encoded_draws, training)

    def _encoded_targets(self, batch):
        return self._first(batch["target"], self.encoded_draws)

    def _first(self, pictures, count):
        """Returns the first pictures of those that are joined along the channels."""
        return pictures[..., :count * self.generator.target_channels]

    def judge(self, source, candidate):
        """Returns D's logits for single pictures, as it gives them for a batch.

        A D that judges packs is shown each picture `packing` times.

        Args:
            source, candidate: float32 `(batch, height, width, channels)` in [-1, 1].
        """
        pack = tf.tile(candidate, (1, 1, 1, self.packing))
        return self.discriminator(source, pack, training=False)

    def discriminator_losses(self, batch, fake, training=True):
        loss, terms = ADVERSARIAL_LOSSES[self.adversarial_loss], {}
        if self.is_on("d_real"):
            terms["d_real"] = loss.real(self._judged(batch, batch["target"], training))
        if self.is_on("d_fake"):
            terms["d_fake"] = loss.fake(self._judged(batch, fake, training))
        return terms

    def _judged(self, batch, pictures, training):
        pack = self._first(pictures, self.packing)
        return self.discriminator(batch["source"], pack, training=training)

    def generator_losses(self, batch, fake, training=True):
        terms = {}
        target, judged = (self._first(each, self.packing) for each in (batch["target"], fake))
        if self.is_on("g_adversarial") or self.is_on("g_feature_matching"):
            features = self.discriminator.features(batch["source"], judged, training=training)
            if self.is_on("g_adversarial"):
                loss = ADVERSARIAL_LOSSES[self.adversarial_loss].generator
                terms["g_adversarial"] = loss(self.discriminator.score(features))
            if self.is_on("g_feature_matching"):
                real = self.discriminator.features(batch["source"], target, training=training)
                terms["g_feature_matching"] = feature_matching(real, features)
        compared = (target, judged)
        if self._encodes:
            true = self._encoded_targets(batch)
            compared = (true, fake[..., -true.shape[-1]:])
        for name, distance in (("g_l1", l1), ("g_l2", l2)):
            if self.is_on(name):
                terms[name] = distance(*compared)
        return terms | self._noise_terms(batch, fake, training)

    def _noise_terms(self, batch, fake, training):
        """Returns the terms that ask the noise to say which of several right targets is made."""
        terms, network = {}, self.generator if training else self.ema_generator
        if self.is_on("g_encoder_kl"):
            moments = [tf.reshape(moment, (-1, self.encoded_draws * network.latent_dim))
                       for moment in self._moments(network, batch, training)]
            terms["g_encoder_kl"] = standard_normal_divergence(*moments)
        made = packs.apart(fake, self.draws)
        if self.is_on("g_latent_l1") or self.is_on("g_mode_seeking"):
            latents = [network.latents(seeds)
                       for seeds in tf.unstack(batch["noise"], self.draws, axis=1)]
        if self.is_on("g_latent_l1"):
            # The average's, so that G is to show its noise and the encoder not to look for it.
            mean, _ = self.ema_generator.encoder(made[0], training=False)
            terms["g_latent_l1"] = l1(latents[0], mean)
        if self.is_on("g_nearest_answer_l1"):
            target = batch["target"]
            answers = packs.apart(target, target.shape[-1] // network.target_channels)
            free = made[:self.draws - self._num_encoded]
            terms["g_nearest_answer_l1"] = diversity.nearest(
                [[l1(answer, draw) for answer in answers] for draw in free])
        if self.is_on("g_mode_seeking"):
            terms["g_mode_seeking"] = diversity.mode_seeking(*made[:2], *latents[:2])
        return terms

    def sample_noise(self, seed, batch_size):
        """Returns a seed of G's noise for each example, int32 `(batch_size, 2)`."""
        return self._seeds(seed, batch_size, (2,))

    def training_noise(self, seed, batch_size):
        return self._seeds(seed, batch_size, (2,) if self.draws == 1 else (self.draws, 2))

    def _seeds(self, seed, batch_size, shape):
        if not self._has_noise:
            return None
        return tf.cast(distribution.uniform(seed, batch_size, shape) * _SEED_RANGE, tf.int32)

    def get_config(self):
        return super().get_config() | {
            "adversarial_loss": self.adversarial_loss, "packing": self.packing,
            "encoded_draws": self.encoded_draws, "nearest_answers": self.nearest_answers}
