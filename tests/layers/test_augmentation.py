import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.augmentation import NUM_UNIFORMS, augment, color, cutout, translation

ALL = ("color", "translation", "cutout")
ALMOST_ONE = np.nextafter(np.float32(1), np.float32(0))


def pictures(count=2, height=8, width=8, channels=3, seed=0):
    shape = (count, height, width, channels)
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("float32")


def uniforms(count=2, columns=NUM_UNIFORMS, seed=0):
    return np.random.default_rng(seed).uniform(size=(count, columns)).astype("float32")


def row(*values):
    return tf.constant([values], tf.float32)


def numbered(height=8, width=8):
    """Pixels 1, 2, 3, …, so that each tells where it came from."""
    return np.arange(1, height * width + 1, dtype="float32").reshape(1, height, width, 1)


@pytest.mark.parametrize("policy", [(name,) for name in ALL] + [ALL])
def test_equal_uniforms_make_the_equal_change(policy):
    images, numbers = pictures(1).repeat(3, axis=0), uniforms(3)
    numbers[1] = numbers[0]
    first, equal, other = augment(images, numbers, policy)
    np.testing.assert_array_equal(first, equal)
    assert not np.allclose(first, other)


@pytest.mark.parametrize("policy", [(name,) for name in ALL] + [ALL])
def test_an_example_is_changed_alike_in_any_batch(policy):
    images, numbers = pictures(3), uniforms(3)
    together = augment(images, numbers, policy)
    for i in range(3):
        alone = augment(images[i:i + 1], numbers[i:i + 1], policy)
        np.testing.assert_allclose(alone, together[i:i + 1], rtol=1e-5, atol=1e-6)


def test_an_empty_policy_changes_nothing():
    np.testing.assert_array_equal(augment(pictures(), uniforms(), ()), pictures())


def test_each_part_has_its_own_uniforms_and_a_fixed_order():
    images, numbers = pictures(), uniforms()
    expected = color(images, numbers[:, :3])
    np.testing.assert_array_equal(augment(images, numbers, ("color",)), expected)
    expected = translation(expected, numbers[:, 3:5])
    np.testing.assert_array_equal(augment(images, numbers, ("translation", "color")), expected)
    expected = cutout(expected, numbers[:, 5:])
    np.testing.assert_array_equal(augment(images, numbers, ALL[::-1]), expected)


def test_an_unknown_part_is_refused():
    with pytest.raises(ValueError, match="colour"):
        augment(pictures(), uniforms(), ("colour", "cutout"))


@pytest.mark.parametrize("policy", [(), ALL])
def test_keeps_shape_and_precision_in_a_graph_without_a_batch_size(policy):
    @tf.function(input_signature=[tf.TensorSpec((None, 8, 6, 3), tf.bfloat16),
                                  tf.TensorSpec((None, NUM_UNIFORMS))])
    def call(images, numbers):
        result = augment(images, numbers, policy)
        assert result.shape[1:].as_list() == [8, 6, 3]
        return result

    result = call(tf.cast(pictures(2, 8, 6), tf.bfloat16), uniforms())
    assert result.shape == (2, 8, 6, 3) and result.dtype == tf.bfloat16


def test_translation_by_the_largest_shift_fills_with_zeros():
    images, moved = numbered(), np.zeros((1, 8, 8, 1))
    moved[:, :7, :7] = images[:, 1:, 1:]  # 8 / 8 = one pixel up and to the left.
    np.testing.assert_array_equal(translation(images, row(ALMOST_ONE, ALMOST_ONE)), moved)
    moved = np.zeros((1, 8, 8, 1))
    moved[:, 1:, :7] = images[:, :7, 1:]  # Down and to the left.
    np.testing.assert_array_equal(translation(images, row(0, ALMOST_ONE)), moved)
    np.testing.assert_array_equal(translation(images, row(0.5, 0.5)), images)


def test_translation_reaches_an_eighth_of_each_side():
    images = numbered(16, 32)
    moved = np.zeros((1, 16, 32, 1))
    moved[:, 2:, 4:] = images[:, :-2, :-4]
    np.testing.assert_array_equal(translation(images, row(0, 0)), moved)


def test_all_shifts_are_equally_likely():
    steps = (np.arange(50, dtype="float32") + 0.5) / 50
    numbers = np.stack([steps, np.full(50, 0.5)], axis=1).astype("float32")
    images = numbered(16, 8).repeat(50, axis=0)
    shifts = [int(picture[8, 0, 0] - images[0, 8, 0, 0]) // 8
              for picture in translation(images, numbers).numpy()]
    assert shifts == sorted(10 * [-2, -1, 0, 1, 2])


@pytest.mark.parametrize("part", [translation, cutout])
@pytest.mark.parametrize("numbers", [(0, ALMOST_ONE), (0.5, 0.5), (0.3, 0.9)])
def test_the_gradient_of_a_pixel_is_its_weight_where_it_went_or_zero(part, numbers):
    images, weights = tf.constant(numbered()), pictures(1, channels=1)
    with tf.GradientTape() as tape:
        tape.watch(images)
        result = part(images, row(*numbers))
        value = tf.reduce_sum(result * weights)
    expected = np.zeros(64 + 1)
    expected[result.numpy().astype(int).ravel()] = weights.ravel()  # Index 0 is the filling.
    np.testing.assert_array_equal(tape.gradient(value, images).numpy().ravel(), expected[1:])


@pytest.mark.parametrize(
    ("numbers", "rows", "columns"),
    [
        ((0.5, 0.5), slice(2, 6), slice(4, 12)),
        ((0, 0), slice(0, 2), slice(0, 4)),
        ((ALMOST_ONE, 0.5), slice(6, 8), slice(4, 12)),
    ],
)
def test_cutout_by_hand(numbers, rows, columns):
    # Half of 8 x 16 around the centres (4, 8), (0, 0) and (8, 8).
    expected = numbered(8, 16)
    expected[:, rows, columns] = 0
    np.testing.assert_array_equal(cutout(numbered(8, 16), row(*numbers)), expected)


def test_cutout_takes_a_quarter_at_most_and_a_sixteenth_at_least():
    images = np.ones((200, 8, 8, 1), "float32")
    areas = (cutout(images, uniforms(200, 2)) == 0).numpy().sum(axis=(1, 2, 3))
    assert (areas.min(), areas.max()) == (4, 16)


GREY_AND_RED = [[[[0.3, 0.3, 0.3], [0.9, 0.0, 0.0]]]]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((0.5, 0.5, 0.5), GREY_AND_RED),
        ((1, 0.5, 0.5), [[[[0.8, 0.8, 0.8], [1.4, 0.5, 0.5]]]]),
        ((0, 0.5, 0.5), [[[[-0.2, -0.2, -0.2], [0.4, -0.5, -0.5]]]]),
        ((0.5, 0, 0.5), [[[[0.3, 0.3, 0.3], [0.3, 0.3, 0.3]]]]),
        ((0.5, 1, 0.5), [[[[0.3, 0.3, 0.3], [1.5, -0.3, -0.3]]]]),
        # The mean of the picture is 0.3.
        ((0.5, 0.5, 0), [[[[0.3, 0.3, 0.3], [0.6, 0.15, 0.15]]]]),
        ((0.5, 0.5, 1), [[[[0.3, 0.3, 0.3], [1.2, -0.15, -0.15]]]]),
    ],
)
def test_color_by_hand(numbers, expected):
    result = color(tf.constant(GREY_AND_RED), row(*numbers))
    np.testing.assert_allclose(result, expected, atol=1e-6)


def test_color_without_brightness_keeps_each_pictures_mean():
    images, numbers = pictures(20), uniforms(20, 3)
    numbers[:, 0] = 0.5
    np.testing.assert_allclose(
        tf.reduce_mean(color(images, numbers), axis=(1, 2, 3)), images.mean(axis=(1, 2, 3)),
        atol=1e-6)


def test_color_stays_in_its_range():
    extremes = np.array(np.meshgrid(*[[0, ALMOST_ONE]] * 3), "float32").reshape(3, 8).T
    result = color(np.sign(pictures(8)), extremes)
    # |x - mean| <= 2, twice that by saturation, three halves of that by contrast, half by light.
    assert 1.5 < np.abs(result).max() < 1 + 0.5 + 2 * 2 * 1.5


def test_color_passes_the_gradient():
    images = tf.constant(pictures(1))
    with tf.GradientTape() as tape:
        tape.watch(images)
        value = tf.reduce_sum(color(images, row(0.9, 0.2, 0.1)))
    # Saturation and contrast keep the mean and brightness adds a constant.
    np.testing.assert_allclose(tape.gradient(value, images), np.ones((1, 8, 8, 3)), atol=1e-5)
