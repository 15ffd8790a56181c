"""What experiments with captions as conditions share: all but networks and models."""

import dataclasses
import pathlib

from zoo.captioned import classes, requests, samples
from zoo.captioned.evaluation import Evaluation
from zoo.captioned.hparams import CaptionedHParams
from zoo.captioned.model import CaptionedGAN
from zoo.core import locate, networks
from zoo.core.experiment import Experiment
from zoo.core.optimizers import adam_pair
from zoo.core.settings import Settings, seed_after
from zoo.core.workdir import Workdir
from zoo.data import captioned, text
from zoo.data.text_image import TextImageBatches
from zoo.errors import RequestError
from zoo.layers import image_encoder

TEXT_ENCODER = "text_encoder"
_MATCHER = "text_image_matching/contrastive"


class CaptionedExperiment(Experiment):
    """A family adds its hyperparameters, `model_class`, `build_model` and `serving_module`."""

    hparams_class = CaptionedHParams
    model_class = CaptionedGAN
    runs_named = ("text_encoder", "evaluation_encoder")

    def check_request(self):
        h = self.hparams
        close = [f"{name}_weight" for name in (
            "g_l1", "g_l2", "g_nearest_l2", "g_nearest_answer_l2") if getattr(h, f"{name}_weight")]
        if close and h.generator_batch == "fresh":
            raise RequestError(f"--hparam={', '.join(close)}: fresh captions have no true picture "
                               "beside them; set --hparam=generator_batch=shared.")
        self._check_encoders()
        captioned.check_inputs(
            self.settings.dataset, self.settings.data_dir, self.hparams.image_size,
            self.settings.on_bad_input, Workdir(self.settings.workdir).bad_inputs)
        training = self.pictures("train")
        if h.class_words:
            image_encoder.check_size(h.image_size, "that --hparam=class_words= trains")
            classes.check(training, h.class_words)

    def _check_encoders(self):
        h = self.hparams
        if h.text_encoder:
            self.text_encoder_folder(h.text_encoder)
        if h.evaluation_encoder:
            for name in (TEXT_ENCODER, "image_encoder"):
                networks.find(h.evaluation_encoder, name, "--hparam=evaluation_encoder")
        first = self.training_prerequisites() | self.evaluation_prerequisites()
        for name, settings in first.items():
            if settings.model == _MATCHER:
                image_encoder.check_size(h.image_size, f"that --hparam={name}= trains")

    def data_fingerprint(self):
        return self.pictures("train").fingerprint

    @staticmethod
    def text_encoder_folder(reference):
        """Returns the folder of a finished text encoder, or raises `RequestError`."""
        return networks.find(reference, TEXT_ENCODER, "--hparam=text_encoder")

    def training_prerequisites(self):
        if self.hparams.text_encoder:
            return {}
        # So that G, taken over too, finds the words that it knows nearly where they were.
        before = pathlib.Path(self.settings.init_from) / TEXT_ENCODER
        known = self.settings.init_from and Workdir(before).model_card.exists()
        return {"text_encoder": dataclasses.replace(
            self._matching("gru", "plain"), init_from=str(before) if known else "")}

    def evaluation_prerequisites(self):
        return {} if self.hparams.evaluation_encoder else {
            "evaluation_encoder": self._matching("convolution", "residual", seed=1001)}

    def _matching(self, text_architecture, image_architecture, seed=0):
        return Settings(
            model=_MATCHER, dataset=self.settings.dataset,
            data_dir=self.settings.data_dir, image_feature=self.settings.image_feature,
            text_feature=self.settings.text_feature, on_bad_input=self.settings.on_bad_input,
            seed=seed_after(self.settings.seed, seed), batch_size=128,
            num_steps=self.hparams.text_encoder_steps, strategy=self.settings.strategy,
            precision=self.settings.precision, deterministic=self.settings.deterministic,
            sample_every=0,
            hparams={"image_size": str(self.hparams.image_size),
                     "max_words": str(self.hparams.max_words),
                     "text_architecture": text_architecture,
                     "image_architecture": image_architecture})

    def prepare(self, folder):
        if networks.exists(folder, TEXT_ENCODER):
            return
        source = self.text_encoder_folder(
            self.hparams.text_encoder or pathlib.Path(folder) / "text_encoder")
        encoder = networks.load(source, TEXT_ENCODER)
        encoder.max_words = self.hparams.max_words
        networks.save(encoder, folder, TEXT_ENCODER)

    def start_from(self, model, folder, restore):
        """Takes over the text encoder by word where it knows all words.

        Otherwise this run's own stays, as words that a frozen encoder does not know could never be
        told apart.
        """
        if not networks.exists(folder, TEXT_ENCODER):
            restore(model, folder)  # Says why not.
            return
        donor = self.build_model(folder)
        own, other = model.text_encoder, donor.text_encoder
        if own.output_dim != other.output_dim:
            raise RequestError(
                f"--init_from={folder}: its text encoder gives {other.output_dim} numbers a "
                f"caption, this run's {own.output_dim}; choose another --hparam=text_encoder.")
        restore(donor, folder)
        new = own.new_words(other)
        same_sizes = [w.shape for w in own.weights[1:]] == [w.shape for w in other.weights[1:]]
        if same_sizes and not new:
            by_word = {id(variable) for variable in own.variables}
            for variable, value in zip(model.variables, donor.variables, strict=True):
                if id(variable) not in by_word:
                    variable.assign(value)
            own.take_over(other)
            print(f"{folder}: text encoder: {own.told_words(other)}", flush=True)
            return
        for name in ("generator", "discriminator", "ema_generator"):
            if getattr(model, name) is not None:
                getattr(model, name).set_weights(getattr(donor, name).get_weights())
        total = len(own.vocabulary)
        print(f"{folder}: text encoder: this run's own stays, G has to learn to read it; the "
              f"other knows {total - len(new)} of its {total} words", flush=True)

    def model_arguments(self):
        """Returns the keyword arguments of a `CaptionedGAN` that follow from the settings."""
        h = self.hparams
        return {
            "adversarial_loss": h.adversarial_loss, "augment": h.augment,
            "packing": h.packing, "nearest_draws": h.nearest_draws,
            "loss_weights": self.loss_weights(), "ema_decay": h.ema_decay,
            "fresh_generator_batch": h.generator_batch == "fresh", "seed": self.settings.seed}

    def loss_weights(self):
        """Returns the weight of every loss term, `{term: float}`."""
        return {name: getattr(self.hparams, f"{name}_weight")
                for name in CaptionedGAN.default_loss_weights}

    def judged_channels(self):
        """Returns the channels that D takes: of a pack of pictures."""
        return 3 * self.hparams.packing

    def needs_discriminator(self):
        """False where only terms without it are on: that is the supervised baseline."""
        return any(weight for name, weight in self.loss_weights().items()
                   if name not in self.model_class.terms_without_discriminator)

    def build_optimizers(self):
        return adam_pair(self.hparams)

    def pictures(self, split):
        """Returns the `CaptionedPictures` of a split."""
        pictures = captioned.load_once(
            self.settings.dataset, split, self.settings.data_dir, self.hparams.image_size,
            self.settings.image_feature, self.settings.text_feature)
        return captioned.without_words(pictures, self.hparams.ignored_words)

    def training_data(self, folder):
        h = self.hparams
        tokenizer = text.tokenizer_for(networks.load(folder, TEXT_ENCODER))
        pictures = self.pictures("train")
        tokenizer.tell_cut(pictures.all_captions())
        weights = captioned.variant_weights(pictures, h.variant_words) if h.variant_words else None
        return TextImageBatches(
            pictures, tokenizer, h.image_size, self.settings.seed,
            self.settings.batch_size, h.mismatched if h.d_mismatched_weight else "none",
            h.max_caption_similarity, h.near_mismatched_share, h.generator_batch == "fresh",
            h.main_caption_share, weights, h.packing)

    def sample_sheet(self, model):
        return samples.sheet(model, {name: self.pictures(name) for name in ("train", "test")})

    def check_sample(self, request):
        if requests.read(request).kind == "neighbours":
            self.pictures("train")

    def sample(self, model, request):
        return samples.requested(model, requests.read(request), self.pictures)

    def evaluation_encoder_folder(self, folder):
        """Returns the folder of the evaluation encoder, by default the one inside the run's."""
        if self.hparams.evaluation_encoder:
            return locate.run_folder(
                self.hparams.evaluation_encoder, "--hparam=evaluation_encoder")
        return pathlib.Path(folder) / "evaluation_encoder"

    def evaluate(self, model, folder, split, max_examples, seed):
        evaluation = Evaluation(model, self.pictures(split),
                                self.evaluation_encoder_folder(folder), max_examples, seed)
        return evaluation.results(self.pictures("train")) | self.of_classes(
            model, folder, split, max_examples, seed)

    def of_classes(self, model, folder, split, max_examples, seed):
        """Returns what `classes.measure` does of the classes that captions name; nothing without.

        Arguments as of `evaluate`.
        """
        h = self.hparams
        if not h.class_words:
            return {}
        classifier = classes.classifier(folder, self.pictures("train"), h.class_words,
                                        h.image_size, h.classifier_steps, self.settings.seed)
        return classes.measure(
            model, classifier, self.pictures(split), h.class_words, max_examples, seed)
