"""A caption in, a picture out: D judges pairs, also real pictures with a wrong caption."""

import keras
import tensorflow as tf

from zoo.captioned import generation
from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel
from zoo.data import packs, text
from zoo.layers import augmentation
from zoo.losses import diversity
from zoo.losses.adversarial import ADVERSARIAL_LOSSES
from zoo.losses.reconstruction import l1, l2


class CaptionedGAN(AdversarialModel):
    """The conditional GAN of the lecture, for captions as conditions.

    Terms, each on where `loss_weights` names it: `d_real` (picture, its caption), `d_fake`
    (generated picture, its caption), `d_mismatched` (real picture, wrong caption),
    `g_adversarial`, and `g_l1` and `g_l2`, the distance to the true picture: alone, without a
    discriminator, the supervised baseline. A loss that compares, "relativistic", sets each against
    the right pair of its row, which has no term `d_real` of its own then, and G makes pictures for
    the captions of these pairs, not for fresh ones. For captions with several right answers:
    `g_nearest_l2`, the squared distance of true pictures to the nearest of several draws,
    `g_nearest_answer_l2`, that of draws to the nearest true picture of the pack, and
    `g_mode_seeking`, which asks two draws to differ; see `zoo.losses.diversity`.

    With `packing` above 1 D judges so many pictures of one caption at once, joined along their
    channels (PacGAN, Lin et al. 2018): a G that answers a caption twice alike is found out.

    A family overrides `draw` where its networks take other arguments, and `seen` and `stages`
    where it makes a picture in several sizes.

    Args:
        generator, discriminator: networks with the calls of `DFGANGenerator` and
            `DFGANDiscriminator`.
        text_encoder: frozen `TextEncoder`.
        adversarial_loss: key of `ADVERSARIAL_LOSSES`.
        augment: parts of differentiable augmentation, the same change for the real, generated and
            mismatched pictures of one row; see `zoo.layers.augmentation.augment`.
        packing: pictures of one caption that D judges at once; D takes so many times the channels.
        nearest_draws: draws that `g_nearest_l2` and `g_nearest_answer_l2` compare.
        kwargs: see `AdversarialModel`.

    Batches: `tokens` int32 `(n, length)`, `image` float32 `(n, height, width, packing · channels)`
        in [-1, 1] (see `zoo.data.packs.pack`), `mismatched_image` or `mismatched_tokens` where
        `d_mismatched` is on, and optionally `fresh_tokens` for the update of G.
    """

    default_loss_weights = {"d_real": 1.0, "d_fake": 0.5, "d_mismatched": 0.5,
                            "g_adversarial": 1.0, "g_l1": 0.0, "g_l2": 0.0,
                            "g_nearest_l2": 0.0, "g_nearest_answer_l2": 0.0,
                            "g_mode_seeking": 0.0}
    judged_terms = ("d_real", "d_fake", "d_mismatched", "g_adversarial")  # One for each score.
    terms_without_discriminator = ("g_l1", "g_l2", "g_nearest_l2", "g_nearest_answer_l2",
                                   "g_mode_seeking")

    def __init__(self, generator, discriminator, text_encoder, adversarial_loss="hinge",
                 augment=(), packing=1, nearest_draws=4, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.text_encoder = text_encoder
        self.text_encoder.trainable = False
        self.adversarial_loss = adversarial_loss
        self.augment = tuple(augment)
        self.packing = packing
        self.nearest_draws = nearest_draws
        if self._pair_loss:
            self.loss_weights.pop("d_real", None)

    @property
    def _pair_loss(self):
        """The loss of two logits where the adversarial loss compares pairs, else None."""
        return ADVERSARIAL_LOSSES[self.adversarial_loss].pair

    @property
    def noise_dim(self):
        """Length of the noise vector that a picture takes."""
        return self.generator.latent_dim

    def condition(self, inputs):
        """Takes captions: strings, a list, array or tensor of them; `(n,)`."""
        captions = tf.reshape(tf.convert_to_tensor(inputs, tf.string), (-1,))
        return {"tokens": text.tokenizer_for(self.text_encoder)(captions)}

    def sample(self, conditions, seed=0):
        """Draws a picture for each caption.

        Args:
            conditions: captions, `(n,)`.
            seed: int; picture i is a function of its caption, the seed and i.

        Returns:
            uint8 `(n, height, width, channels)`.
        """
        tokens = self.condition(conditions)["tokens"]
        return generation.generate_many(
            self, tokens, generation.noise(seed, len(tokens), self.noise_dim))

    def embed(self, tokens):
        """Returns the frozen text embedding, float32 `(batch, text_dim)`."""
        return tf.stop_gradient(self.text_encoder(tokens, training=False))

    def draw(self, text, noise, training):
        """Returns what G makes of text embeddings and noise; its average if not in training."""
        network = self.generator if training else self.ema_generator
        return network(noise, text, training=training)

    def seen(self, image):
        """Returns what D sees of true pictures, in the structure of what G makes."""
        return image

    def stages(self, text, noise):
        """Returns the pictures on the way to the finished one, float32 in [-1, 1], it last."""
        return (self.draw(text, noise, training=False),)

    def draw_several(self, text, noise, training):
        """Like `draw`, with one noise or several for each text.

        Args:
            text: float32 `(batch, text_dim)`.
            noise: float32 `(batch, noise_dim)` or `(batch, draws, noise_dim)`.
            training: see `draw`.

        Returns:
            Pictures or tuples of them as `draw`, the draws for a text joined along the channels.
        """
        if len(noise.shape) == 2:
            return self.draw(text, noise, training)
        draws = noise.shape[1]
        made = self.draw(tf.repeat(text, draws, axis=0),
                         tf.reshape(noise, (-1, self.noise_dim)), training)
        return tf.nest.map_structure(lambda pictures: packs.pack(pictures, draws), made)

    def generate(self, batch, noise, training):
        return self.draw_several(self.embed(batch["tokens"]), noise, training)

    def discriminator_losses(self, batch, fake, training=True):
        logits, terms = self.discriminator_logits(batch, fake, training), {}
        for kind, of_kind in logits.items():
            is_new_picture = kind != "d_mismatched" or "mismatched_image" in batch
            terms |= self.discriminator_terms(
                kind, of_kind, logits.get("d_real"), is_new_picture)
        return terms | self.penalties(batch, fake, logits, training)

    def discriminator_logits(self, batch, fake, training):
        """Returns what D says of each kind of pair that a term is on for, by the term's name."""
        judge, text = self.discriminator, self.embed(batch["tokens"])
        real_features = judge.features(
            self.augmented(batch, self.seen(batch["image"])), training=training)
        logits = {}
        if self.any_on("d_real") or self._pair_loss:
            logits["d_real"] = judge.score(real_features, text, training=training)
        if self.any_on("d_fake"):
            logits["d_fake"] = judge(self.judged(batch, fake), text, training=training)
        if self.any_on("d_mismatched"):
            if "mismatched_image" in batch:
                wrong = self.augmented(batch, self.seen(batch["mismatched_image"]))
                logits["d_mismatched"] = judge(wrong, text, training=training)
            else:
                wrong_text = self.embed(batch["mismatched_tokens"])
                logits["d_mismatched"] = judge.score(
                    real_features, wrong_text, training=training)
        return logits

    def penalties(self, batch, fake, logits, training):
        """Returns the terms of D that are no judgement; `logits` as of `discriminator_logits`."""
        return {}

    def any_on(self, kind):
        """True where a term of this kind of pair is on."""
        return self.is_on(kind)

    def discriminator_terms(self, kind, logits, right, is_new_picture=True):
        """Returns the terms of one kind of pair from what D returned for it and for right pairs."""
        del is_new_picture  # One score is always asked about the pair.
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss]
        if loss.pair:
            return {} if kind == "d_real" else {kind: loss.pair(right, logits)}
        return {kind: loss.real(logits) if kind == "d_real" else loss.fake(logits)}

    def generator_losses(self, batch, fake, training=True):
        terms = self.adversarial_terms(batch, fake, self.embed(batch["tokens"]), training)
        for name, distance in (("g_l1", l1), ("g_l2", l2)):
            if self.is_on(name):
                terms[name] = _mean_distance(
                    distance, self.seen(batch["image"]), self.first_draws(batch, fake))
        if self.is_on("g_nearest_l2") or self.is_on("g_nearest_answer_l2"):
            terms |= self._nearest_terms(self.seen(batch["image"]), fake)
        if self.is_on("g_mode_seeking"):
            finished = tf.nest.flatten(fake)[-1]
            terms["g_mode_seeking"] = diversity.mode_seeking(
                *packs.apart(finished, self.draws)[:2], *tf.unstack(batch["noise"][:, :2], axis=1))
        return terms

    def _nearest_terms(self, true, fake):
        draws = packs.apart(fake, self.draws)[:self.nearest_draws]
        distances = [[_mean_distance(l2, answer, draw) for draw in draws]
                     for answer in packs.apart(true, self.packing)]
        by_term = {"g_nearest_l2": distances, "g_nearest_answer_l2": list(zip(*distances))}
        return {name: diversity.nearest(each) for name, each in by_term.items()
                if self.is_on(name)}

    def adversarial_terms(self, batch, fake, text, training):
        """Returns what asks G to be called right by D."""
        if not self.is_on("g_adversarial"):
            return {}
        logits = self.discriminator(self.judged(batch, fake), text, training=training)
        if not self._pair_loss:
            return {"g_adversarial": self.generator_loss(logits)}
        true = self.augmented(batch, self.seen(batch["image"]))
        right = self.discriminator(true, text, training=training)
        return {"g_adversarial": self._pair_loss(logits, right)}

    def generator_loss(self, logits):
        """Returns the loss of G, float32 `(batch,)`, from what D returned."""
        return ADVERSARIAL_LOSSES[self.adversarial_loss].generator(logits)

    def sample_noise(self, seed, batch_size):
        return distribution.normal(seed, batch_size, (self.noise_dim,))

    @property
    def draws(self):
        """Pictures that G makes for each caption of a batch in training."""
        return max(self.packing, *(self.nearest_draws for name in ("g_nearest_l2", "g_nearest_answer_l2")
                     if self.is_on(name)),
                   2 if self.is_on("g_mode_seeking") else 1)

    def training_noise(self, seed, batch_size):
        if self.draws == 1:
            return self.sample_noise(seed, batch_size)
        return distribution.normal(seed, batch_size, (self.draws, self.noise_dim))

    def generator_batch(self, batch):
        if self._pair_loss:
            return batch  # Fresh captions have no right pairs here.
        return {**batch, "tokens": batch.get("fresh_tokens", batch["tokens"])}

    def shipped_networks(self):
        return super().shipped_networks() | {"text_encoder": self.text_encoder}

    def diagnostics(self, batch):
        names = ("mismatch_rejections",)
        return {name: batch[name] for name in names if name in batch}

    def judge(self, pictures, text):
        """Returns D's logits for single pictures, as it gives them for a batch.

        A D that judges packs is shown each picture `packing` times.

        Args:
            pictures: float `(batch, height, width, channels)` in [-1, 1].
            text: text embeddings, float32 `(batch, text_dim)`.
        """
        pack = tf.tile(pictures, (1, 1, 1, self.packing))
        return self.discriminator(pack, text, training=False)

    def first_draws(self, batch, fake):
        """Returns of what `generate` made as many draws a caption as D judges."""
        channels = batch["image"].shape[-1]
        return tf.nest.map_structure(lambda draws: draws[..., :channels], fake)

    def judged(self, batch, fake):
        """Returns what D sees of what `generate` made."""
        return self.augmented(batch, self.first_draws(batch, fake))

    def augmented(self, batch, images):
        """Returns pictures, or a tuple of them, after the step's differentiable augmentation."""
        if not self.augment:
            return images
        uniforms = distribution.uniform(
            batch["seed"], tf.shape(batch["tokens"])[0], (augmentation.NUM_UNIFORMS,))
        # What is equal in a pack stays so.
        uniforms = tf.repeat(uniforms, self.packing, axis=0)
        return tf.nest.map_structure(lambda image: packs.pack(augmentation.augment(
            packs.unpack(image, self.packing), uniforms, self.augment), self.packing), images)

    def get_config(self):
        return super().get_config() | {
            "text_encoder": keras.saving.serialize_keras_object(self.text_encoder),
            "adversarial_loss": self.adversarial_loss,
            "augment": self.augment,
            "packing": self.packing,
            "nearest_draws": self.nearest_draws,
        }


def _mean_distance(distance, true, made):
    """Returns the distance of pictures, or its mean over tuples of them, float32 `(batch,)`."""
    distances = tf.nest.flatten(tf.nest.map_structure(distance, true, made))
    return tf.add_n(distances) / len(distances)
