"""Training, sampling, measuring and serving speech enhancement."""


import keras

from zoo.core.experiment import Experiment
from zoo.core.optimizers import FusedAdam, FusedRMSprop
from zoo.core.workdir import Workdir
from zoo.data.speech import speech
from zoo.data.speech.batches import SpeechBatches
from zoo.errors import RequestError
from zoo.speech_enhancement import evaluation, requests, samples, serving
from zoo.speech_enhancement.hparams import HParams, MaskUNetHParams, SEGANHParams
from zoo.speech_enhancement.mask_unet_networks import MaskUNetGenerator, SpectrogramDiscriminator
from zoo.speech_enhancement.model import SpeechEnhancementGAN
from zoo.speech_enhancement.segan_networks import SEGANDiscriminator, SEGANGenerator


class SpeechEnhancementExperiment(Experiment):
    """What SEGAN and the masking U-Net share: all but the networks."""

    hparams_class = HParams

    def build_networks(self):
        """Returns (generator, discriminator)."""
        raise NotImplementedError

    def check_request(self):
        speech.check_inputs(self.settings.dataset, self.settings.data_dir,
                            self.settings.on_bad_input, Workdir(self.settings.workdir).bad_inputs)
        self._speech("train")

    def data_fingerprint(self):
        return self._speech("train").fingerprint

    def _speech(self, split):
        return speech.load_once(self.settings.dataset, split, self.settings.data_dir)

    def build_model(self, folder):
        h = self.hparams
        try:
            generator, discriminator = self.build_networks()
        except ValueError as error:
            raise RequestError(f"--hparam: {error}") from None
        weights = {name: getattr(h, f"{name}_weight") for name in (
            "d_real", "d_fake", "g_adversarial", "g_l1", "g_spectral")}
        if not any(weights[name] for name in ("d_real", "d_fake", "g_adversarial")):
            discriminator = None
        return SpeechEnhancementGAN(
            generator, discriminator, h.adversarial_loss, h.pre_emphasis, loss_weights=weights,
            fresh_generator_batch=h.generator_batch == "fresh", ema_decay=h.ema_decay,
            seed=self.settings.seed)

    def build_optimizers(self):
        h = self.hparams

        def optimizer(rate):
            if h.learning_rate_decay_steps:
                rate = keras.optimizers.schedules.CosineDecay(rate, h.learning_rate_decay_steps)
            if h.optimizer == "rmsprop":
                return FusedRMSprop(rate)
            return FusedAdam(rate, beta_1=0.5, beta_2=0.99)

        return {"generator_optimizer": optimizer(h.generator_learning_rate),
                "discriminator_optimizer": optimizer(h.discriminator_learning_rate)}

    def training_data(self, folder):
        h = self.hparams
        return SpeechBatches(self._speech("train"), h.window, self.settings.seed,
                             self.settings.batch_size, (h.snr_low, h.snr_high), h.clean_share,
                             h.level_db, h.speed)

    def sample_sheet(self, model):
        return samples.sheet(model, self._speech("test"))

    def sample_files(self, model):
        return samples.files(model, self._speech("test"))

    def check_sample(self, request):
        requests.read(request)

    def write_sample(self, model, request, path):
        samples.write(model, requests.read(request), path)

    def evaluate(self, model, folder, split, max_examples, seed):
        return evaluation.evaluate(model, self._speech(split), max_examples, seed)

    def measure_inference(self, model):
        return evaluation.real_time_ratio(model)

    def serving_module(self, model):
        return serving.SpeechEnhancementServing(model)


class SEGANExperiment(SpeechEnhancementExperiment):
    """`speech_enhancement/segan`."""

    hparams_class = SEGANHParams

    def build_networks(self):
        h = self.hparams
        arguments = (h.window, h.channels, h.kernel_size, h.pre_emphasis)
        return SEGANGenerator(*arguments), SEGANDiscriminator(*arguments)


class MaskUNetExperiment(SpeechEnhancementExperiment):
    """`speech_enhancement/mask_unet`."""

    hparams_class = MaskUNetHParams

    def build_networks(self):
        h = self.hparams
        return (MaskUNetGenerator(h.window, h.hop, h.generator_channels, h.dilations),
                SpectrogramDiscriminator(h.window, h.hop, h.discriminator_channels))
