"""Captions to token identities, in the graph."""

import collections

import tensorflow as tf
import tensorflow_text as tf_text

from zoo.errors import RequestError

_NUM_RESERVED = 2  # 0 padding, 1 unknown

# What separates words, with the accents that then stand alone (NFKC makes " \u0301" of "´").
_SEPARATORS = r"[\p{P}\p{S}\p{Me}\p{Cc}\s]\p{M}*|^\p{M}+"
# Upper case does not tell the Turkish i's apart without the language: both become i.
_TURKISH_I = "i\u0307|ı"
# Scripts without spaces: a character with its marks is a word, as in BERT (Devlin et al. 2019);
# but a run of Katakana is one, since it mostly writes one foreign word.
_UNSPACED = (r"([\p{Katakana}ー]+|"
             r"[\p{Han}\p{Hiragana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}][\p{M}ー]*)")


def words(captions):
    """Splits captions into words: case folded, punctuation as space.

    Args:
        captions: string `(n,)`, UTF-8, any language, composed or decomposed (NFC or NFD). Of
            Chinese, Japanese, Thai, Lao, Khmer and Burmese, which leave no spaces between words,
            each character is a word, and each run of Katakana.

    Returns:
        Ragged string `(n, None)`.
    """
    captions = tf.strings.regex_replace(captions, "\u200b", " ")  # Else folding deletes it.
    captions = tf_text.case_fold_utf8(tf_text.normalize_utf8(captions, "NFKC"))
    captions = tf.strings.regex_replace(captions, _SEPARATORS, " ")
    captions = tf.strings.regex_replace(captions, _TURKISH_I, "i")
    captions = tf.strings.regex_replace(captions, _UNSPACED, r" \1 ")
    return tf_text.WhitespaceTokenizer().tokenize(captions)


def build_vocabulary(captions, min_count=1):
    """Returns the words of the captions, the most frequent first, ties in alphabetical order.

    Args:
        captions: list of str.
        min_count: words that occur less often are left to the unknown token.

    Raises:
        RequestError: there is no word in them.
    """
    flat = words(tf.constant(captions, tf.string)).flat_values.numpy()
    counts = collections.Counter(word.decode() for word in flat)
    vocabulary = sorted((word for word, count in counts.items() if count >= min_count),
                        key=lambda word: (-counts[word], word))
    if not vocabulary:
        raise RequestError("the training captions hold no word; check the caption files.")
    return tuple(vocabulary)


class Tokenizer(tf.Module):
    """Turns captions into token identities with a fixed vocabulary.

    Args:
        vocabulary: tuple of words.
        max_length: tokens kept of a caption; the rest is cut.
    """

    def __init__(self, vocabulary, max_length=24):
        super().__init__()
        self.vocabulary = tuple(vocabulary)
        self.max_length = max_length
        self._table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                tf.constant(self.vocabulary, tf.string),
                tf.range(len(self.vocabulary), dtype=tf.int32) + _NUM_RESERVED),
            default_value=1)

    def __call__(self, captions):
        """Maps string `(n,)` to int32 `(n, max_length)`, 0 where the caption has ended."""
        identities = tf.ragged.map_flat_values(self._table.lookup, words(captions))
        return identities.to_tensor(0, shape=(None, self.max_length))

    def unknown_words(self, captions):
        """Returns the sorted words of the captions that the vocabulary does not hold."""
        found = words(tf.constant(captions, tf.string)).flat_values.numpy()
        return sorted({word.decode() for word in found} - set(self.vocabulary))
