"""The checks that every family passes (rule 9 of the design).

A family's test is a subclass of `Conformance`, or of `AdversarialConformance` where it has a
discriminator, with `build` and `batch`; pytest runs one test a check. Models and batches should
be as small as the networks allow.
"""

import collections
import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests import helpers
from zoo.core.adversarial import AdversarialModel

BATCH_SIZE = 4
DECAY = 0.15

# What `observed` has seen: copies of weights before and after each step, logs, number of traces.
Observed = collections.namedtuple("Observed", "trained averaged others logs steps traces")


class Conformance:
    """Checks of one `AdversarialModel`.

    Attributes:
        terms: every loss term of the family.
        diagnostics: what the model logs besides.
        late: parts of names of weights that rightly have no gradient in the first step, because
            what multiplies them starts at zero. They must move within three.
    """

    terms = ()
    diagnostics = ()
    late = ()

    def build(self, **overrides):
        """Returns a new model, not compiled; `overrides` are arguments of `AdversarialModel`."""
        raise NotImplementedError

    def batch(self, random, size):
        """Returns a dict of NumPy arrays of `size` rows, drawn from `np.random.Generator`."""
        raise NotImplementedError

    # Helpers.

    def rows(self, step, size=BATCH_SIZE):
        return self.batch(np.random.default_rng((7, step)), size)

    def train(self, model, first, stop, after_step=lambda: None):
        """Trains on the batches of steps `first` to `stop` - 1; returns each step's logs."""
        return helpers.train(model, [self.rows(step) for step in range(first, stop)], after_step)

    def weights_of_terms(self):
        return {term: 0.25 + 0.5 * i for i, term in enumerate(self.terms)}

    @pytest.fixture(scope="class")
    def observed(self):
        """Three steps in two calls of `fit`, with every term on, observed at each step."""
        keras.utils.set_random_seed(0)
        model = self.build(loss_weights=self.weights_of_terms(), ema_decay=DECAY)
        seen = Observed([], [], [], [], [], [])
        helpers.compiled(model)
        known = {id(v) for network in helpers.networks(model).values() for v in network.weights}
        known |= {id(v) for v in model.ema_generator.weights} | {id(model.step)}

        def look():
            seen.trained.append(helpers.trainable_weights(model))
            seen.averaged.append([(v.trainable, v.numpy(), average.numpy()) for v, average in zip(
                model.generator.weights, model.ema_generator.weights, strict=True)])
            seen.others.append(
                helpers.named("other", [v for v in model.weights if id(v) not in known]))
            seen.steps.append(int(model.step))

        train_step = type(model).train_step

        def counted(model, batch):
            seen.traces.append(1)
            return train_step(model, batch)

        look()
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(type(model), "train_step", counted)
            seen.logs.extend(self.train(model, 0, 2, look))
            seen.logs.extend(self.train(model, 2, 3, look))
        return seen

    # The checks.

    def test_training_moves_every_trainable_weight(self, observed):
        before, first, *_, last = observed.trained
        assert {name for name in helpers.unchanged(before, first)
                if not any(part in name for part in self.late)} == set()
        assert helpers.unchanged(before, last) == set()

    def test_training_moves_nothing_but_the_networks_their_average_and_the_step(self, observed):
        for later in observed.others:
            helpers.assert_close(observed.others[0], later)
        assert observed.steps == [0, 1, 2, 3]

    def test_the_average_follows_its_formula(self, observed):
        for step, (before, after) in enumerate(zip(observed.averaged, observed.averaged[1:])):
            share = 1 - min(DECAY, (1 + step) / (10 + step))
            for (_, _, old), (trainable, value, new) in zip(before, after, strict=True):
                expected = old + (share if trainable else 1.0) * (value - old)
                np.testing.assert_allclose(new, expected, rtol=1e-5, atol=1e-6)

    def test_the_logged_losses_are_the_weighted_sums_of_the_logged_terms(self, observed):
        weights = self.weights_of_terms()
        kinds = {term[0] for term in self.terms}
        for logs in observed.logs:
            assert logs.keys() == {*self.terms, *self.diagnostics, *(f"{k}_loss" for k in kinds)}
            for kind in kinds:
                total = sum(weights[t] * logs[t] for t in self.terms if t.startswith(kind))
                assert logs[f"{kind}_loss"] == pytest.approx(total, rel=1e-5, abs=1e-6)

    def test_repeated_batches_trace_the_step_once(self, observed):
        assert len(observed.traces) == 1

    def test_saving_keeps_everything_and_the_loaded_model_goes_on_alike(self, tmp_path):
        model = helpers.compiled(self.build())
        self.train(model, 0, 2)
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        helpers.assert_close(helpers.state(model), helpers.state(loaded))
        logs = [self.train(each, 2, 3)[0] for each in (model, loaded)]
        helpers.assert_close(*logs, tolerance=1e-6)
        helpers.assert_close(helpers.state(model), helpers.state(loaded), tolerance=1e-6)

    def test_the_configuration_makes_the_same_model(self):
        model = self.build(seed=3, ema_decay=0.5, fresh_generator_batch=False)
        config = model.get_config()
        again = type(model).from_config(config)
        assert again.get_config() == config
        assert (again.seed, again.ema_decay, again.fresh_generator_batch) == (3, 0.5, False)
        for name in constructor_arguments(type(model)):
            assert name in config, f"{name} is an argument and not in get_config"
            assert hasattr(model, name), f"{name} is an argument and no attribute"
        assert [v.shape for v in again.weights] == [v.shape for v in model.weights]

    def test_two_replicas_equal_one(self):
        strategies = (tf.distribute.get_strategy(),
                      tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))
        starts, logs, ends = [], [], []
        for strategy in strategies:
            keras.utils.set_random_seed(0)
            with strategy.scope():
                # Not Adam: a gradient twice too large would leave it unimpressed.
                model = helpers.compiled(
                    self.build(loss_weights=dict.fromkeys(self.terms, 1.0)),
                    lambda: keras.optimizers.SGD(0.01, momentum=0.5))
                starts.append(helpers.trainable_weights(model))
                logs.append(self.train(model, 0, 10))
                ends.append(helpers.trainable_weights(model))
        helpers.assert_close(*starts)
        assert helpers.unchanged(starts[0], ends[0]) == set()
        for one, two in zip(*logs, strict=True):
            helpers.assert_close(one, two, tolerance=1e-5)
        helpers.assert_close(*ends, tolerance=1e-5)

    def test_fit_and_evaluate_are_plain_keras_and_evaluation_changes_nothing(self):
        model = helpers.compiled(self.build())
        dataset = tf.data.Dataset.from_tensor_slices(self.rows(0, 3 * BATCH_SIZE))
        dataset = dataset.batch(BATCH_SIZE)
        history = model.fit(dataset, epochs=2, verbose=0).history
        assert len(history["g_loss"]) == 2 and int(model.step) == 6
        before = helpers.state(model)
        results = model.evaluate(dataset, verbose=0, return_dict=True)
        assert results.keys() == history.keys() - set(self.diagnostics)
        assert np.isfinite(list(results.values())).all()
        helpers.assert_close(before, helpers.state(model))


class AdversarialConformance(Conformance):
    """Further checks where there is a discriminator, and so more than one term."""

    def test_each_update_moves_its_own_network_alone(self):
        model = helpers.compiled(self.build())
        weights = [helpers.trainable_weights(model)]
        for resting, working in (("generator", "discriminator"), ("discriminator", "generator")):
            getattr(model, f"{resting}_optimizer").learning_rate = 0.0
            getattr(model, f"{working}_optimizer").learning_rate = 1e-3
            self.train(model, len(weights) - 1, len(weights))
            weights.append(helpers.trainable_weights(model))
            still = helpers.unchanged(*weights[-2:])
            assert {name for name in still if name.startswith(resting)} == {
                name for name in weights[0] if name.startswith(resting)}
            assert any(name.startswith(working) for name in weights[0].keys() - still)

    def test_without_its_terms_the_discriminator_rests(self):
        terms = {term: 1.0 for term in self.terms if term.startswith("g_")}
        model = helpers.compiled(self.build(loss_weights=terms))
        before = helpers.trainable_weights(model)
        logs, = self.train(model, 0, 1)
        assert not any(name.startswith("d_") for name in logs)
        still = helpers.unchanged(before, helpers.trainable_weights(model))
        assert {name for name in before if name.startswith("discriminator")} <= still

    def test_a_term_of_weight_0_is_not_computed(self):
        everything = dict.fromkeys(self.terms, 1.0)
        model = self.build(loss_weights=everything)
        batch = {name: tf.constant(value) for name, value in self.rows(0).items()}
        assert terms_and_operations(model, batch)[0] == set(self.terms)
        operations = terms_and_operations(model, batch)[1]
        for term in self.terms:
            model.loss_weights = {**everything, term: 0.0}
            computed, fewer = terms_and_operations(model, batch)
            assert computed == set(self.terms) - {term}
            assert fewer < operations, term


def terms_and_operations(model, batch):
    """Names of the terms that a step computes, and the size of the graph that does it."""
    names = []

    @tf.function
    def losses():
        seeded = {**batch, "seed": tf.constant([1, 2])}
        noise = model.sample_noise(seeded["seed"], BATCH_SIZE)
        fake = model.generate(seeded, noise, training=True)
        terms = model.generator_losses(seeded, fake) | model.discriminator_losses(seeded, fake)
        names.extend(terms)
        return terms

    definition = losses.get_concrete_function().graph.as_graph_def()
    inner = sum(len(function.node_def) for function in definition.library.function)
    return set(names), len(definition.node) + inner


def constructor_arguments(model_class):
    """Names of the arguments of a family's class and of `AdversarialModel`."""
    return {name for each in (model_class, AdversarialModel)
            for name, parameter in inspect.signature(each.__init__).parameters.items()
            if name != "self" and parameter.kind is not parameter.VAR_KEYWORD}
