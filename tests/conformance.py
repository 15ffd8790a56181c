"""The checks that every family passes (rule 9 of the design).

A family's test is a subclass of `Conformance`, or of `AdversarialConformance` where it has a
discriminator, with `build` and `batch`; pytest runs one test a check. Models and batches should
be as small as the networks allow: the time goes into building and tracing them. So a class traces the
step once, and what a few steps show is shown without a graph, at a fifth of the time.
"""

import dataclasses
import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import op_callbacks

from tests import helpers
from zoo.core import distribution
from zoo.core.adversarial import AdversarialModel

BATCH_SIZE = 4
STEPS = 10
DECAY = 0.15
SEED = 3


@dataclasses.dataclass
class Run:
    """A model trained on one device with every term on, and what was seen.

    Attributes:
        model: the model after `STEPS` steps (tests may train it further).
        trained: copies of the trainable weights before the first step and after each.
        averaged: likewise (weight, average) of each weight of G.
        others: likewise copies of all weights that are not of G, D, the average or the step.
        logs: each step's logs.
        states: copies of all weights and optimizer slots before the first step and after each.
        traces: how often the step was traced.
    """

    model: AdversarialModel
    trained: list
    averaged: list
    others: list
    logs: list
    states: list
    traces: int = 0


@dataclasses.dataclass
class Loaded:
    """The model of `Run` from its file; it runs without a graph. (Tests may train it further.)

    Attributes:
        model: the loaded model.
        states: all weights and optimizer slots, of the saved model and of the loaded one.
        logs: of one more step, likewise.
        states_after: likewise after that step.
    """

    model: AdversarialModel
    states: tuple
    logs: tuple
    states_after: tuple


class Conformance:
    """Checks of one `AdversarialModel`.

    Attributes:
        terms: every loss term of the family.
        diagnostics: what the model logs besides.
        late: parts of names of weights that rightly have no gradient in the first step, because
            what multiplies them starts at zero. They must move later.
        replica_steps: steps after which one device and two replicas are compared; fewer where
            batch norm over few rows soon makes rounding errors as large as a difference.
    """

    terms = ()
    diagnostics = ()
    late = ()
    replica_steps = 2

    def build(self, **overrides):
        """Returns a new model, not compiled; `overrides` are arguments of `AdversarialModel`."""
        raise NotImplementedError

    def batch(self, random, size):
        """Returns a dict of NumPy arrays of `size` rows, drawn from `np.random.Generator`."""
        raise NotImplementedError

    # What the checks look at.

    def rows(self, step, size=BATCH_SIZE):
        return self.batch(np.random.default_rng((7, step)), size)

    def weights_of_terms(self):
        return {term: 0.25 + 0.5 * i for i, term in enumerate(self.terms)}

    def seeded_model(self):
        helpers.set_random_seed(0)
        return helpers.compiled(self.build(
            loss_weights=self.weights_of_terms(), ema_decay=DECAY, seed=SEED))

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls):
        self = cls()
        model = self.seeded_model()
        run = Run(model, [], [], [], [], [])
        known = {id(v) for network in helpers.networks(model).values() for v in network.weights}
        known |= {id(v) for v in model.ema_generator.weights} | {id(model.step)}
        others = [v for v in model.weights if id(v) not in known]

        def look():
            run.trained.append(helpers.trainable_weights(model))
            run.averaged.append([(v.numpy(), average.numpy()) for v, average in zip(
                model.generator.weights, model.ema_generator.weights, strict=True)])
            run.others.append(helpers.named("other", others))
            run.states.append(helpers.state(model))

        train_step = type(model).train_step

        def counted(model, batch):
            run.traces += 1
            return train_step(model, batch)

        look()
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(type(model), "train_step", counted)
            for first, stop in ((0, 3), (3, STEPS)):
                batches = [self.rows(step) for step in range(first, stop)]
                run.logs.extend(helpers.train(model, batches, look))
        return run

    @pytest.fixture(scope="class")
    @classmethod
    def loaded(cls, run, tmp_path_factory):
        self = cls()
        file = tmp_path_factory.mktemp("conformance") / "model.keras"
        run.model.save(file)
        models = run.model, keras.saving.load_model(file)
        models[1].run_eagerly = True
        states = tuple(map(helpers.state, models))
        logs = tuple(helpers.train(model, [self.rows(STEPS)])[0] for model in models)
        return Loaded(models[1], states, logs, tuple(map(helpers.state, models)))

    # The checks.

    def test_training_moves_every_trainable_weight(self, run):
        before, first, *_, last = run.trained
        assert {name for name in helpers.unchanged(before, first)
                if not any(part in name for part in self.late)} == set()
        assert helpers.unchanged(before, last) == set()

    def test_training_moves_nothing_but_the_networks_their_average_and_the_step(self, run):
        for later in run.others:
            helpers.assert_close(run.others[0], later)
        assert len(run.logs) == STEPS

    def test_the_average_follows_its_formula(self, run):
        for step, (before, after) in enumerate(zip(run.averaged, run.averaged[1:])):
            share = 1 - min(DECAY, (1 + step) / (10 + step))
            for (_, old), (value, new) in zip(before, after, strict=True):
                is_averaged = np.issubdtype(value.dtype, np.floating)
                expected = old + (share if is_averaged else 1.0) * (value - old)
                np.testing.assert_allclose(new, expected, rtol=1e-5, atol=1e-6)

    def test_the_logged_losses_are_the_weighted_sums_of_the_logged_terms(self, run):
        weights = self.weights_of_terms()
        kinds = {term[0] for term in self.terms}
        for logs in run.logs:
            assert logs.keys() == {
                "loss", *self.terms, *self.diagnostics, *(f"{k}_loss" for k in kinds)}
            assert logs["loss"] == pytest.approx(
                sum(logs[f"{k}_loss"] for k in kinds), rel=1e-5, abs=1e-6)
            for kind in kinds:
                total = sum(weights[t] * logs[t] for t in self.terms if t.startswith(kind))
                assert logs[f"{kind}_loss"] == pytest.approx(total, rel=1e-5, abs=1e-6)

    def test_repeated_batches_trace_the_step_once(self, run):
        assert run.traces == 1

    def test_two_replicas_equal_one(self, run):
        strategy = distribution.make_strategy("mirrored")
        assert strategy.num_replicas_in_sync == 2
        with strategy.scope():
            model = self.seeded_model()
            helpers.assert_close(run.trained[0], helpers.trainable_weights(model))
            model.run_eagerly = True
            logs = helpers.train(model, [self.rows(step) for step in range(self.replica_steps)])
        for one, two in zip(run.logs[:self.replica_steps], logs, strict=True):
            helpers.assert_close(one, two, tolerance=1e-5)
        # Batch normalisation amplifies the rounding of sums that are split in two.
        helpers.assert_close(
            run.states[self.replica_steps], helpers.state(model), tolerance=1e-4)

    def test_saving_keeps_everything_and_the_loaded_model_goes_on_alike(self, loaded):
        helpers.assert_close(*loaded.states)
        # One with a graph, one without.
        helpers.assert_close(*loaded.logs, tolerance=1e-5)
        helpers.assert_close(*loaded.states_after, tolerance=1e-5)

    def test_the_configuration_makes_the_same_model(self, run, loaded):
        model, again = run.model, loaded.model
        config = model.get_config()
        assert again.get_config() == config
        assert (again.seed, again.ema_decay) == (SEED, DECAY)
        assert again.fresh_generator_batch == model.fresh_generator_batch
        for name in constructor_arguments(type(model)):
            assert name in config, f"{name} is an argument and not in get_config"
            assert hasattr(model, name), f"{name} is an argument and no attribute"
        assert [v.shape for v in again.weights] == [v.shape for v in model.weights]

    def test_fit_and_evaluate_are_plain_keras_and_evaluation_changes_nothing(self, run):
        dataset = tf.data.Dataset.from_tensor_slices(self.rows(STEPS, 3 * BATCH_SIZE))
        dataset = dataset.batch(BATCH_SIZE, drop_remainder=True)
        start = int(run.model.step)
        history = run.model.fit(dataset, epochs=2, shuffle=False, verbose=0).history
        assert len(history["g_loss"]) == 2 and int(run.model.step) == start + 6
        before = helpers.state(run.model)
        results = run.model.evaluate(dataset, verbose=0, return_dict=True)
        assert results.keys() == history.keys() - set(self.diagnostics)
        assert np.isfinite(list(results.values())).all()
        helpers.assert_close(before, helpers.state(run.model))


class AdversarialConformance(Conformance):
    """Further checks where there is a discriminator, and so more than one term."""

    @pytest.mark.parametrize("resting", ["generator", "discriminator"])
    def test_the_update_of_one_network_leaves_the_other_alone(self, run, resting):
        optimizer = getattr(run.model, f"{resting}_optimizer")
        rate, optimizer.learning_rate = float(optimizer.learning_rate), 0.0
        before = helpers.trainable_weights(run.model)
        helpers.train(run.model, [self.rows(STEPS)])
        optimizer.learning_rate = rate
        still = helpers.unchanged(before, helpers.trainable_weights(run.model))
        assert still == {name for name in before if name.startswith(resting)}

    def test_without_its_terms_the_discriminator_rests(self, loaded, monkeypatch):
        model = loaded.model
        monkeypatch.setattr(model, "loss_weights", {
            term: 1.0 for term in self.terms if term.startswith("g_")})
        before = helpers.trainable_weights(model)
        logs = model.train_step(constants(self.rows(0)))
        assert not any(name.startswith("d_") for name in logs)
        still = helpers.unchanged(before, helpers.trainable_weights(model))
        assert {name for name in before if name.startswith("discriminator")} <= still
        assert len(still) < len(before)

    def test_a_term_of_weight_0_is_not_computed(self, loaded, monkeypatch):
        model, everything = loaded.model, dict.fromkeys(self.terms, 1.0)
        batch = constants(self.rows(0))
        monkeypatch.setattr(model, "loss_weights", everything)
        computed, operations = terms_and_operations(model, batch)
        assert computed == set(self.terms)
        for term in self.terms:
            monkeypatch.setattr(model, "loss_weights", {**everything, term: 0.0})
            computed, fewer = terms_and_operations(model, batch)
            assert computed == set(self.terms) - {term}
            assert fewer < operations, term


def constants(batch):
    return {name: tf.constant(value) for name, value in batch.items()}


def terms_and_operations(model, batch):
    """Names of the terms that a step computes, and the number of operations that it takes."""
    operations = []

    def note(operation, *args, **kwargs):
        operations.append(operation)

    batch = {**batch, "seed": tf.constant([1, 2])}
    op_callbacks.add_op_callback(note)
    try:
        noise = batch["noise"] = model.training_noise(batch["seed"], BATCH_SIZE)
        fake = model.generate(batch, noise, training=True)
        terms = model.generator_losses(batch, fake) | model.discriminator_losses(batch, fake)
    finally:
        op_callbacks.remove_op_callback(note)
    return set(terms), len(operations)


def constructor_arguments(model_class):
    """Names of the arguments of a family's class and of those it is made from."""
    return {name for each in model_class.__mro__ if issubclass(each, AdversarialModel)
            for name, parameter in inspect.signature(each.__init__).parameters.items()
            if name != "self" and parameter.kind not in (
                parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)}
