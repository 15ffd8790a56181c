"""Sentence encoders: token identities to one vector."""

import keras
from keras import layers

# Token identities that are no words; the words of the vocabulary follow.
PADDING, UNKNOWN, NUM_RESERVED = 0, 1, 2


@keras.saving.register_keras_serializable("zoo")
class TextEncoder(keras.Model):
    """Encodes a caption into one vector of mean 0 and variance 1 over its dimensions.

    Args:
        vocabulary: words in the order of their identities; kept in the configuration, so that a
            saved encoder says what it can read.
        architecture: "gru", a bidirectional GRU's two last states, or "convolution", convolutions
            over words and a maximum over time (Kim 2014).
        embedding_dim: length of a word vector.
        units: width of each GRU direction, or half the filters.
        output_dim: length of the sentence vector.
        max_words: words of a caption that it was trained to read; the rest is cut before it.

    Call: tokens int32 `(batch, length)`, 0 padding, 1 unknown, 2… the vocabulary -> float32
        `(batch, output_dim)`.
    """

    def __init__(self, vocabulary, architecture="gru", embedding_dim=128, units=128,
                 output_dim=256, max_words=24, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary = tuple(vocabulary)
        self.architecture = architecture
        self.embedding_dim = embedding_dim
        self.units = units
        self.output_dim = output_dim
        self.max_words = max_words
        dtype = self.dtype_policy
        self.embedding = layers.Embedding(len(self.vocabulary) + NUM_RESERVED, embedding_dim,
                                          dtype=dtype, name="embedding")
        if architecture == "gru":
            # With cuDNN's no model that holds this one could be compiled with XLA.
            self.gru = layers.Bidirectional(
                layers.GRU(units, use_cudnn=False, dtype=dtype), dtype=dtype, name="gru")
            for direction in (self.gru.forward_layer, self.gru.backward_layer):
                # Keras copies `use_cudnn` to it later, and 3.6 not at all.
                direction.supports_jit, direction.use_cudnn = True, False
        elif architecture == "convolution":
            self.convs = [layers.Conv1D(2 * units, 3, padding="same", activation="relu",
                                        dtype=dtype, name=f"conv_{i}") for i in range(2)]
        else:
            raise ValueError(f"architecture must be 'gru' or 'convolution', got {architecture!r}.")
        self.project = layers.Dense(output_dim, dtype="float32", name="project")
        self.normalize = layers.LayerNormalization(
            center=False, scale=False, dtype="float32", name="normalize")
        self(keras.KerasTensor((None, None), dtype="int32"))

    def call(self, tokens, training=None):
        words = self.embedding(tokens)
        mask = keras.ops.not_equal(tokens, PADDING)
        if self.architecture == "gru":
            sentence = self.gru(words, mask=mask)
        else:
            for conv in self.convs:
                words = conv(words * keras.ops.cast(mask, words.dtype)[..., None])
            sentence = keras.ops.max(words * keras.ops.cast(mask, words.dtype)[..., None], axis=1)
        return self.normalize(self.project(sentence))

    def take_over(self, other):
        """Sets all weights from an encoder of the same sizes, those of words by word.

        Words that the other does not know keep what they have.
        """
        rows, others = (keras.ops.convert_to_numpy(encoder.embedding.embeddings).copy()
                        for encoder in (self, other))
        places = {word: NUM_RESERVED + i for i, word in enumerate(other.vocabulary)}
        rows[:NUM_RESERVED] = others[:NUM_RESERVED]
        for i, word in enumerate(self.vocabulary):
            if word in places:
                rows[NUM_RESERVED + i] = others[places[word]]
        for own, theirs in zip(self.weights, other.weights, strict=True):
            own.assign(rows if own is self.embedding.embeddings else theirs)

    def new_words(self, other):
        """Returns the words that another encoder does not know, in this vocabulary's order."""
        known = set(other.vocabulary)
        return [word for word in self.vocabulary if word not in known]

    def told_words(self, other):
        """Returns words that say how many of the vocabulary another encoder knows."""
        new = self.new_words(other)
        named = f"; new: {', '.join(new[:5])}{', …' if len(new) > 5 else ''}" if new else ""
        total = len(self.vocabulary)
        return f"{total - len(new)} of {total} words taken over{named}"

    def get_config(self):
        return super().get_config() | {
            "vocabulary": self.vocabulary,
            "architecture": self.architecture,
            "embedding_dim": self.embedding_dim,
            "units": self.units,
            "output_dim": self.output_dim,
            "max_words": self.max_words,
        }
