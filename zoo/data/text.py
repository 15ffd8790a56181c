"""Captions to token identities, in the graph."""

import collections

import tensorflow as tf
import tensorflow_text as tf_text

from zoo.errors import RequestError

_NUM_RESERVED = 2  # 0 padding, 1 unknown

# Symbols and emoji are words of their own, and so is the punctuation that stands for a word: "50%",
# "C#", "R&B". The blocks of emoji are listed: this year's are unknown to the expressions' tables.
_MEANT = r"%‰‱٪#&@*§¶†‡※"
_TONES = r"\x{1F3FB}-\x{1F3FF}"  # Of skin; the kind Sk otherwise holds accents that stand alone.
_SYMBOL = (r"([\x{1F1E6}-\x{1F1FF}]{2}|"  # Flags: two letters.
           rf"[\p{{Sm}}\p{{Sc}}\p{{So}}\x{{1F000}}-\x{{1FBFF}}{_MEANT}\^])")
# What else separates words, with the accents that follow (NFKC makes " \u0301" of "´").
_SEPARATORS = (rf"(?:[^\P{{P}}{_MEANT}]|[^\P{{Sk}}\^{_TONES}]|[\p{{Me}}\p{{Cc}}\s])\p{{M}}*|"
               r"^\p{M}+")
_SEPARATORS_AND_SYMBOLS = r"[\p{P}\p{S}\p{Me}\p{Cc}\s]\p{M}*|^\p{M}+"
_TAGS, _LAST_TAG = 0xE0000, 0xE007F  # Invisible ASCII: the flag of England is 🏴 and "gbeng".
# Upper case does not tell the Turkish i's apart without the language: both become i.
_TURKISH_I = "i\u0307|ı"
# Scripts without spaces: a character with its marks is a word, as in BERT (Devlin et al. 2019);
# but a run of Katakana is one, since it mostly writes one foreign word.
_UNSPACED = (r"([\p{Katakana}ー]+|"
             r"[\p{Han}\p{Hiragana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}][\p{M}ー]*)")


def words(captions, with_symbols=True):
    """Splits captions into words: case folded; symbols alone, other punctuation as space.

    Args:
        captions: string `(n,)`, UTF-8, any language, composed or decomposed (NFC or NFD). Of
            Chinese, Japanese, Thai, Lao, Khmer and Burmese, which leave no spaces between words,
            each character is a word, and each run of Katakana. A symbol is a word: "C++" is "c",
            "+", "+". Of a joined emoji its parts are, of a coloured one emoji and skin tone; how
            it is to be shown (U+FE0F) makes no difference.
        with_symbols: False passes over symbols as over commas.

    Returns:
        Ragged string `(n, None)`.
    """
    captions = tf.strings.regex_replace(captions, "\u200b", " ")  # Else folding deletes it.
    if with_symbols:
        captions = _spelt_out(captions)
    captions = tf_text.case_fold_utf8(tf_text.normalize_utf8(captions, "NFKC"))
    if with_symbols:
        captions = tf.strings.regex_replace(captions, _SEPARATORS, " ")
        captions = tf.strings.regex_replace(captions, _SYMBOL + r"\p{M}*", r" \1 ")
    else:
        captions = tf.strings.regex_replace(captions, _SEPARATORS_AND_SYMBOLS, " ")
    captions = tf.strings.regex_replace(captions, _TURKISH_I, "i")
    captions = tf.strings.regex_replace(captions, _UNSPACED, r" \1 ")
    return tf_text.WhitespaceTokenizer().tokenize(captions)


def _spelt_out(captions):
    """Makes letters of the tags that tell flags of regions apart; folding would delete them."""
    codes = tf.strings.unicode_decode(captions, "UTF-8")
    is_tag = (codes > _TAGS) & (codes < _LAST_TAG)
    return tf.strings.unicode_encode(tf.where(is_tag, codes - _TAGS, codes), "UTF-8")


def tokenizer_for(text_encoder):
    """Returns the `Tokenizer` with which a `TextEncoder` was trained."""
    return Tokenizer(text_encoder.vocabulary, text_encoder.max_words)


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

    A vocabulary without any symbol is of captions that had none, or of before symbols were words:
    symbols are passed over then, as they were in training.

    Args:
        vocabulary: tuple of words.
        max_length: tokens kept of a caption; the rest is cut.
    """

    def __init__(self, vocabulary, max_length=24):
        super().__init__()
        self.vocabulary = tuple(vocabulary)
        self.max_length = max_length
        with tf.init_scope():  # A number now, also where a graph is being traced.
            self._reads_symbols = bool(tf.reduce_any(tf.strings.regex_full_match(
                tf.constant(self.vocabulary, tf.string), _SYMBOL)))
        self._table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                tf.constant(self.vocabulary, tf.string),
                tf.range(len(self.vocabulary), dtype=tf.int32) + _NUM_RESERVED),
            default_value=1)

    def __call__(self, captions):
        """Maps string `(n,)` to int32 `(n, max_length)`, 0 where the caption has ended."""
        identities = tf.ragged.map_flat_values(self._table.lookup, self._words(captions))
        return identities.to_tensor(0, shape=(None, self.max_length))

    def _words(self, captions):
        return words(captions, self._reads_symbols)

    def unknown_words(self, captions):
        """Returns the sorted words of the captions that the vocabulary does not hold."""
        found = self._words(tf.constant(captions, tf.string)).flat_values.numpy()
        return sorted({word.decode() for word in found} - set(self.vocabulary))

    def passed_over(self, captions):
        """Returns the sorted symbols of the captions that are read as nothing."""
        if self._reads_symbols:
            return []
        found = words(tf.constant(captions, tf.string)).flat_values
        symbols = tf.boolean_mask(found, tf.strings.regex_full_match(found, _SYMBOL))
        return sorted({symbol.decode() for symbol in symbols.numpy()})

    def lengths(self, captions):
        """Returns how many words each caption has before it is cut, int64 `(n,)`."""
        return self._words(tf.constant(captions, tf.string)).row_lengths().numpy()

    def left_out(self, caption):
        """Returns the words of a caption, str, behind the last that is read; "" where it is whole.
        """
        [found] = self._words(tf.constant([caption])).numpy()
        return " ".join(word.decode() for word in found[self.max_length:])

    def tell_cut(self, captions):
        """Says in one line how many captions are cut, and what to do; nothing where none is."""
        lengths = self.lengths(captions)
        if cut := int((lengths > self.max_length).sum()):
            print(f"{cut} of {len(captions)} captions have more than {self.max_length} words and "
                  f"are cut there; the longest has {lengths.max()} (--hparam=max_words="
                  f"{self.max_length})", flush=True)
