"""What a family tells the tools about itself."""

import dataclasses

from zoo.core import hparams as hparams_lib
from zoo.core import locate
from zoo.errors import RequestError


class Experiment:
    """One family's answer to every question of the tools: networks, data, metrics, serving.

    A subclass sets `hparams_class` (a frozen dataclass) and overrides what its family has.

    Args:
        settings: `Settings`; its `hparams` are checked and coerced here.

    Attributes:
        hparams: instance of `hparams_class`.
        settings: `Settings` with every hyperparameter filled in.

    Raises:
        RequestError: an unknown hyperparameter or a wrong value.
    """

    hparams_class = None
    runs_named = ()  # Hyperparameters that are a workdir or a shipped name; kept in full.

    def __init__(self, settings):
        given = {name: locate.reference(text) if name in self.runs_named else text
                 for name, text in settings.hparams.items()}
        self.hparams = hparams_lib.parse(self.hparams_class, given)
        self.settings = dataclasses.replace(settings, hparams=hparams_lib.to_text(self.hparams))

    def defaults(self):
        """Returns the defaults of all hyperparameters, `{name: text}`."""
        return hparams_lib.to_text(self.hparams_class())

    def check_request(self):
        """Looks for the data and the runs that the settings name, before anything is written.

        Raises:
            RequestError: something is missing.
        """

    def data_fingerprint(self):
        """Returns text that differs where the training data do; "" if the settings say it all."""
        return ""

    def training_prerequisites(self):
        """Returns runs to be finished before training, `{folder in the workdir: Settings}`."""
        return {}

    def evaluation_prerequisites(self):
        """Returns runs to be finished before evaluation, likewise."""
        return {}

    def prepare(self, workdir):
        """Puts what the networks are built from (a vocabulary, an encoder) into a new workdir."""

    def build_model(self, folder):
        """Returns the `AdversarialModel`, not compiled.

        Args:
            folder: path that `prepare` has filled, of a workdir or a shipped run.
        """
        raise NotImplementedError

    def start_from(self, model, folder, restore):
        """Gives a new model the weights of another run (`--init_from`).

        A family overrides this where they do not belong to the same inputs in both.

        Args:
            model: `AdversarialModel` that `build_model` has made for this run.
            folder: of the other run.
            restore: see `runs.restore_into`.

        Raises:
            RequestError: the other run's weights do not fit.
        """
        restore(model, folder)

    def build_optimizers(self):
        """Returns the optimizer arguments of `AdversarialModel.compile`."""
        raise NotImplementedError

    def training_data(self, folder):
        """Returns an object with a length (training examples) and
        `dataset(start_step, first_replica, local_replicas, replicas)`."""
        raise NotImplementedError

    def sample_sheet(self, model):
        """Returns a uint8 picture `(height, width, 3)` from fixed noise and fixed conditions."""
        return None

    def sample_files(self, model):
        """Returns files to lie beside the sample sheet, `{end of the name: bytes}`."""
        return {}

    def check_sample(self, request):
        """Checks a request for `sample` as far as that needs no networks.

        Args:
            request: object with the flags of `tools/sample.py` as attributes.

        Raises:
            RequestError: the request is wrong, or this family makes no samples.
        """
        del request
        raise RequestError(f"{self.settings.model}: makes no samples.")

    def sample(self, model, request):
        """Returns the bytes of the file that `tools/sample.py` writes.

        Args:
            model: `AdversarialModel`.
            request: object with the tool's flags as attributes.

        Raises:
            RequestError: the request lacks this family's condition.
        """
        raise NotImplementedError

    def write_sample(self, model, request, path):
        """Writes the file; a family whose results do not fit into memory overrides this.

        Args:
            model, request: see `sample`.
            path: `pathlib.Path`.
        """
        path.write_bytes(self.sample(model, request))

    def evaluate(self, model, folder, split, max_examples, seed):
        """Returns `{metric: {"value", "low", "high"}}`, floats, with 95 % intervals.

        None, or a NaN, stands for what could not be measured; a "count" may say on how many
        examples it was.
        """
        raise NotImplementedError

    def measure_inference(self, model):
        """Returns how fast a model is in use, `{name: number}`, for `tools/benchmark.py`."""
        return {}

    def serving_module(self, model):
        """Returns the `tf.Module` to export.

        It has `signatures`, `{name: tf.function with input signature}`, and `check_inputs()`, the
        arguments on which each is compared with the live model.

        Raises:
            RequestError: this family is not served.
        """
        raise RequestError(f"{self.settings.model}: cannot be exported; it helps to train and to "
                           "measure others, and is not served by itself.")

    def typical_inputs(self, module):
        """Returns arguments of `serving_default` whose first row `tools/benchmark.py` times.

        Args:
            module: what `serving_module` returns.
        """
        return module.check_inputs()["serving_default"]

    def publish(self, model, folder):
        """Writes what other runs take from a finished one (a trained encoder)."""

    def shipped_files(self):
        """Names of the files, beside the networks, that a shipped run needs."""
        return ()


def check_name(name, registry):
    """Raises `RequestError` for a model that is not registered; the nearest name is given."""
    if name not in registry:
        raise RequestError(
            f"--model={name}: not in the registry.{hparams_lib.nearest(name, registry)}")


def build(settings, registry):
    """Looks the model up and returns its `Experiment`.

    Raises:
        RequestError: unknown model (the nearest is named), or wrong hyperparameters.
    """
    check_name(settings.model, registry)
    return registry[settings.model](settings)
