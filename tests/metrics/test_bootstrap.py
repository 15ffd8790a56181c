import numpy as np
import pytest

from zoo.metrics.bootstrap import bootstrap_interval, mean_with_interval, with_interval


def test_constant_gives_a_point():
    assert bootstrap_interval(np.full(20, 3.0)) == (3.0, 3.0)


def test_interval_of_a_normal_mean_has_the_known_width():
    values = np.random.default_rng(1).normal(size=400)
    low, high = bootstrap_interval(values, num_resamples=4000)
    # mean +- 1.96 s / sqrt(n)
    half_width = 1.96 * values.std() / 20
    assert low == pytest.approx(values.mean() - half_width, abs=0.01)
    assert high == pytest.approx(values.mean() + half_width, abs=0.01)


def test_coverage_is_roughly_the_confidence():
    generator = np.random.default_rng(2)
    covered = 0
    for _ in range(200):
        low, high = bootstrap_interval(
            generator.normal(size=50), num_resamples=200, confidence=0.8
        )
        covered += low <= 0 <= high
    # Binomial(200, 0.8) has standard deviation 5.7.
    assert 140 <= covered <= 177


def test_arrays_are_resampled_with_the_same_rows():
    values = np.random.default_rng(0).normal(size=30)
    interval = bootstrap_interval((values, values + 2), lambda a, b: np.mean(b - a))
    assert interval == pytest.approx((2.0, 2.0))


def test_rows_stay_whole():
    rows = np.repeat(np.arange(10.0)[:, None], 3, axis=1)
    assert bootstrap_interval(rows, lambda a: np.ptp(a, axis=1).max()) == (0.0, 0.0)


def test_seed_decides():
    values = np.arange(10.0)
    assert bootstrap_interval(values, seed=3) == bootstrap_interval(values, seed=3)
    assert bootstrap_interval(values, num_resamples=50, seed=3) != bootstrap_interval(
        values, num_resamples=50, seed=4
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values_or_arrays": (np.ones(3), np.ones(4))}, "same number of rows"),
        ({"values_or_arrays": 3.0}, "same number of rows"),
        ({"values_or_arrays": ()}, "same number of rows"),
        ({"values_or_arrays": []}, "no rows"),
        ({"values_or_arrays": np.ones(3), "clusters": [0, 1]}, "same number of rows"),
        ({"values_or_arrays": [1.0], "num_resamples": 0}, "num_resamples"),
        ({"values_or_arrays": [1.0], "confidence": 95}, "confidence"),
    ],
)
def test_rejects(arguments, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_interval(**arguments)


def test_it_is_the_percentile_bootstrap_as_written_out():
    values = np.random.default_rng(1).normal(size=30)
    random = np.random.default_rng(5)
    means = [values[random.integers(30, size=30)].mean() for _ in range(120)]
    assert bootstrap_interval(values, num_resamples=120, seed=5) == pytest.approx(
        tuple(np.quantile(means, [0.025, 0.975])))


def test_rows_of_a_cluster_are_drawn_together():
    values = np.array([1.0, 5.0, 1.0, 5.0, 1.0])
    # With two of cluster b, or none, the mean is 1 or 5; with both clusters it is 13 / 5.
    clusters = ["b", "a", "b", "a", "b"]
    seen = []

    def mean(rows):
        seen.append(rows.tolist())
        return rows.mean()
    low, high = bootstrap_interval(values, mean, clusters=clusters)
    assert (low, high) == (1.0, 5.0)
    assert {tuple(rows) for rows in seen} == {
        (1.0,) * 6, (5.0,) * 4, (1, 1, 1, 5, 5), (5, 5, 1, 1, 1)}


def test_repeating_rows_of_one_cluster_makes_no_interval_narrower():
    values, seed = np.random.default_rng(0).normal(size=25), 3
    alone = mean_with_interval(values, seed)
    assert mean_with_interval(np.repeat(values, 4), seed, clusters=np.repeat(range(25), 4)) == (
        pytest.approx(alone | {"count": 100}))
    naive = mean_with_interval(np.repeat(values, 4), seed)
    assert naive["high"] - naive["low"] < 0.6 * (alone["high"] - alone["low"])


def test_a_mean_counts_the_rows_that_have_a_value():
    values = np.array([1.0, np.nan, 3.0, np.nan])
    found = mean_with_interval(values, 0, clusters=[0, 0, 1, 1])
    assert found == {"value": 2.0, "low": 1.0, "high": 3.0, "count": 2}
    assert mean_with_interval(values[1:2], 0) == {
        "value": None, "low": None, "high": None, "count": 0}
    assert mean_with_interval(values[:2], 0) == {"value": 1, "low": 1, "high": 1, "count": 1}


def test_unbias_centres_a_statistic_that_repeated_rows_lower():
    values = np.arange(50.0)

    def distinct(a):
        return len(np.unique(a))

    low, high = bootstrap_interval(values, distinct)
    assert high < 40  # Of 50 draws about 50 (1 - 1/e) = 31.6 are distinct.
    low, high = bootstrap_interval(values, distinct, unbias=True)
    assert low < 50 < high and low > 40


@pytest.mark.parametrize("unbias", [False, True])
def test_a_value_comes_with_its_interval(unbias):
    values = np.random.default_rng(0).normal(size=50), np.arange(50.0)

    def statistic(one, other):
        return (one * other).mean()

    options = {"num_resamples": 40, "seed": 3, "unbias": unbias}
    low, high = bootstrap_interval(values, statistic, **options)
    assert with_interval(values, statistic, **options) == {
        "value": statistic(*values), "low": low, "high": high}
    assert with_interval(values[0], np.mean, seed=0)["value"] == values[0].mean()
