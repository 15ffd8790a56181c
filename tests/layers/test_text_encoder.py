import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers.text_encoder import PADDING, UNKNOWN, TextEncoder

ARCHITECTURES = ["gru", "convolution"]
WORDS = ("red", "heart", "face", "größe")
RED, HEART, FACE, LAST = range(2, 6)


def encoder(architecture, **kwargs):
    keras.utils.set_random_seed(0)
    return TextEncoder(WORDS, architecture, embedding_dim=6, units=5, output_dim=16, **kwargs)


def encode(network, *captions):
    return network(np.array(captions, "int32")).numpy()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("caption", [[RED], [RED, HEART, UNKNOWN, LAST]])
def test_padding_does_not_change_the_embedding(architecture, caption):
    network = encoder(architecture)
    short = encode(network, caption)
    padded = encode(network, caption + 7 * [PADDING])
    np.testing.assert_allclose(padded, short, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_caption_is_encoded_alike_in_any_batch(architecture):
    network = encoder(architecture)
    captions = [[RED, HEART, FACE], [HEART, PADDING, PADDING], [UNKNOWN, RED, PADDING]]
    alone = [encode(network, caption)[0] for caption in captions]
    np.testing.assert_allclose(encode(network, *captions), alone, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_words_and_unknown_words_matter(architecture):
    network = encoder(architecture)
    red, heart, unknown = encode(network, [RED, FACE], [HEART, FACE], [UNKNOWN, FACE])
    for one, other in ((red, heart), (red, unknown), (heart, unknown)):
        assert np.abs(one - other).max() > 0.05


def test_word_order_matters_to_the_gru():
    forwards, backwards = encode(encoder("gru"), [RED, HEART, FACE], [FACE, HEART, RED])
    assert np.abs(forwards - backwards).max() > 0.05


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_first_and_the_last_word_matter(architecture):
    network = encoder(architecture)
    one, other_start, other_end = encode(
        network, [RED, HEART, FACE], [LAST, HEART, FACE], [RED, HEART, LAST])
    assert np.abs(one - other_start).max() > 0.05
    assert np.abs(one - other_end).max() > 0.05


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_the_embedding_is_float32_of_mean_0_and_variance_1(architecture, dtype):
    network = encoder(architecture, dtype=dtype)
    # A projection as large as training makes it: the norm's epsilon of 0.001 does not count.
    network.project.set_weights([1000 * weights for weights in network.project.get_weights()])
    embedding = network(np.array([[RED, HEART], [FACE, PADDING]]))
    assert embedding.shape == (2, 16) and embedding.dtype == tf.float32
    np.testing.assert_allclose(np.mean(embedding, axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(np.var(embedding, axis=1), 1, atol=1e-2)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_caption_without_words_has_a_finite_embedding(architecture):
    assert np.isfinite(encode(encoder(architecture), 4 * [PADDING])).all()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_saved_encoder_gives_equal_embeddings_and_keeps_its_vocabulary(tmp_path, architecture):
    network = encoder(architecture)
    network.save(tmp_path / "encoder.keras")
    loaded = keras.saving.load_model(tmp_path / "encoder.keras")
    captions = [[RED, HEART, FACE], [LAST, UNKNOWN, PADDING]]
    np.testing.assert_array_equal(encode(loaded, *captions), encode(network, *captions))
    assert loaded.vocabulary == WORDS
    assert loaded.get_config() == network.get_config()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_config_keys_are_arguments_and_attributes(architecture):
    network = encoder(architecture)
    expected = {"vocabulary": WORDS, "architecture": architecture, "embedding_dim": 6, "units": 5,
                "output_dim": 16}
    assert expected.items() <= network.get_config().items()
    assert {name: getattr(network, name) for name in expected} == expected


def test_wrong_architecture_is_refused():
    with pytest.raises(ValueError, match="'gru' or 'convolution', got 'lstm'"):
        encoder("lstm")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_on_a_gpu_too_it_can_be_compiled_with_xla(architecture, monkeypatch):
    # Keras asks TensorFlow for GPUs where it chooses cuDNN's recurrence.
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: [kind])
    network = encoder(architecture)
    network.compile(jit_compile=True)
    assert network.jit_compile
    compiled = tf.function(network, jit_compile=True)
    captions = np.array([[RED, HEART, PADDING]], "int32")
    np.testing.assert_allclose(compiled(captions), encode(network, *captions), atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_weights_are_taken_over_by_word(architecture):
    other = encoder(architecture)
    keras.utils.set_random_seed(1)
    own = TextEncoder(("face", "blue", "red", "größe"), architecture, embedding_dim=6, units=5,
                      output_dim=16)
    blue = np.array(own.embedding.embeddings)[3]
    own.take_over(other)
    assert own.new_words(other) == ["blue"]
    assert own.told_words(other) == "3 of 4 words taken over; new: blue"
    np.testing.assert_array_equal(
        encode(own, [2, 4, 5, UNKNOWN]), encode(other, [FACE, RED, LAST, UNKNOWN]))
    np.testing.assert_array_equal(np.array(own.embedding.embeddings)[3], blue)


def test_how_many_words_are_read_is_saved_and_24_where_nothing_was():
    config = encoder("gru", max_words=40).get_config()
    assert TextEncoder.from_config(config).max_words == 40
    del config["max_words"]
    assert TextEncoder.from_config(config).max_words == 24
