import pathlib
import re
import unicodedata

import pytest
import tensorflow as tf

from zoo.data import vocabulary as vocabulary_lib
from zoo.data.text import Tokenizer, build_vocabulary, words
from zoo.datasets.openmoji.captions import captions_of_each
from zoo.errors import RequestError

VOCABULARY = ("face", "medium", "dark", "größe", "fire")
FACE, MEDIUM, DARK, GROESSE, FIRE = range(2, 7)
PRETRAINED = pathlib.Path(__file__).parents[2] / "pretrained"


def words_of(caption):
    return [word.decode() for word in words(tf.constant([caption]))[0].numpy()]


def tokens(*captions, max_length=4):
    return Tokenizer(VOCABULARY, max_length)(tf.constant(captions)).numpy().tolist()


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("A  Face,\tfrowning.", ["a", "face", "frowning"]),
        ("medium-dark skin", ["medium", "dark", "skin"]),
        ("Côte d’Ivoire", ["côte", "d", "ivoire"]),
        ("cafe\u0301", ["café"]),
        ("ﬁre\u00a0ＦＩＲＥ", ["fire", "fire"]),
        ("Straße", ["strasse"]),
        ("5€ + $3 #1 🙂", ["5", "€", "+", "$", "3", "#", "1", "🙂"]),
        ("C++ C# R&B C", ["c", "+", "+", "c", "#", "r", "&", "b", "c"]),
        ("50% 50", ["50", "%", "50"]),
        ("red❤💙 red ❤\ufe0e red", ["red", "❤", "💙", "red", "❤", "red"]),
        ("👍🏽 👍", ["👍", "🏽", "👍"]),
        ("👩\u200d🌾 🏃\u200d♀\ufe0f", ["👩", "🌾", "🏃", "♀"]),
        ("🇩🇪🇫🇷 🇪🇩", ["🇩🇪", "🇫🇷", "🇪🇩"]),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", ["🏴", "gbeng"]),
        ("newer\U0001fae9face", ["newer", "\U0001fae9", "face"]),
        ("½ 20°", ["1", "⁄", "2", "20", "°"]),
        ("“a”, «b»; c… (d)!? e/f_g\\h", list("abcdefgh")),
        ("Ελλάδα Москва ЁЖ", ["ελλάδα", "москва", "ёж"]),
        ("ΣΟΦΟΣ σοφος", ["σοφοσ", "σοφοσ"]),
        ("IŞIK ışık İki", ["işik", "işik", "iki"]),
        ("l´eau", ["l", "eau"]),
        ("+1 \u0301a -", ["+", "1", "a"]),
        ("red ❤\ufe0f heart 5\ufe0f\u20e3", ["red", "❤", "heart", "5"]),
        ("\ufeffred\u200bheart\x00cat soft\u00adly", ["red", "heart", "cat", "softly"]),
        ("लाल दिल।", ["लाल", "दिल"]),
        ("قلب أحمر، قلب", ["قلب", "أحمر", "قلب"]),
        ("빨간 하트", ["빨간", "하트"]),
        ("一颗红色的心，黑色", ["一", "颗", "红", "色", "的", "心", "黑", "色"]),
        ("iPhone手机２０２０年", ["iphone", "手", "机", "2020", "年"]),
        ("赤いハート・らーめん", ["赤", "い", "ハート", "らー", "め", "ん"]),
        ("ﾊｰﾄの𠮷", ["ハート", "の", "𠮷"]),
        ("葛\U000e0100", ["葛"]),
        ("สีแดง", ["สี", "แ", "ด", "ง"]),
        ("...", []),
        ("", []),
    ],
)
def test_words_by_hand(caption, expected):
    assert words_of(caption) == expected


def test_tokens_by_hand():
    assert tokens("Dark face", "medium-dark FACE", "a fire") == [
        [DARK, FACE, 0, 0],
        [MEDIUM, DARK, FACE, 0],
        [1, FIRE, 0, 0],
    ]


def test_accents_are_found_however_they_are_written():
    vocabulary = ("é",)
    found = Tokenizer(vocabulary, 3)(tf.constant(["\u00c9 e\u0301 e"]))
    assert found.numpy().tolist() == [[2, 2, 1]]


@pytest.mark.parametrize("caption", [
    "Côte élève Größe", "Việt Nam đỏ", "красный ёж й", "빨간 하트", "ガラスのハート", "दिल ड़"])
def test_composed_decomposed_and_upper_case_captions_are_read_alike(caption):
    vocabulary = build_vocabulary([caption])
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        written = unicodedata.normalize(form, caption)
        assert Tokenizer(vocabulary).unknown_words([written, written.upper()]) == []


def test_a_new_chinese_caption_is_read_by_what_was_seen():
    tokenizer = Tokenizer(build_vocabulary(["红色的心", "黑色的猫"]), 5)
    seen = dict(zip(tokenizer.vocabulary, range(2, 10)))
    assert tokenizer(tf.constant(["黑色的心", "红狗"])).numpy().tolist() == [
        [seen[character] for character in "黑色的心"] + [0], [seen["红"], 1, 0, 0, 0]]


@pytest.mark.parametrize("name", ["text_encoder_openmoji64", "evaluation_encoder_openmoji64"])
def test_shipped_vocabularies_are_read_as_when_they_were_built(name):
    vocabulary = vocabulary_lib.read(PRETRAINED / name / "vocabulary.txt")
    found = Tokenizer(vocabulary, 2)(tf.constant(vocabulary)).numpy()
    assert found.tolist() == [[2 + i, 0] for i in range(len(vocabulary))]
    assert Tokenizer(vocabulary).unknown_words(["Woman farmer: medium-dark skin tone"]) == []


def test_all_captions_of_the_shipped_models_are_read_as_in_their_training():
    """These hold three symbols, which the words of that time passed over."""
    captions = sorted({caption for each in captions_of_each().values() for caption in each})
    for name in ("text_encoder_openmoji64", "evaluation_encoder_openmoji64"):
        tokenizer = Tokenizer(vocabulary_lib.read(PRETRAINED / name / "vocabulary.txt"))
        place = {word: 2 + i for i, word in enumerate(tokenizer.vocabulary)}
        split = [re.split(r"[^\w]+", caption.lower()) for caption in captions]
        expected = [[place.get(word, 1) for word in words if word] for words in split]
        found = tokenizer(tf.constant(captions)).numpy()
        assert [row[row > 0].tolist() for row in found] == expected
        assert tokenizer.passed_over(captions) == ["#", "*", "+"]


def test_symbols_are_passed_over_by_a_vocabulary_without_any():
    tokenizer = Tokenizer(("red", "heart"), 4)
    assert tokenizer(tf.constant(["red ❤ heart, 50%"])).numpy().tolist() == [[2, 3, 1, 0]]
    assert tokenizer.unknown_words(["red ❤", "50%"]) == ["50"]
    assert tokenizer.passed_over(["red ❤ 💙", "50%"]) == ["%", "❤", "💙"]


def test_a_vocabulary_with_symbols_tells_them_apart():
    tokenizer = Tokenizer(build_vocabulary(["red ❤", "red 💙", "C++"]), 4)
    red, plus, c, heart, blue = (
        2 + tokenizer.vocabulary.index(word) for word in ("red", "+", "c", "❤", "💙"))
    assert tokenizer(tf.constant(["Red ❤️", "red 💙", "c", "c++", "red ♣"])).numpy().tolist() == [
        [red, heart, 0, 0], [red, blue, 0, 0], [c, 0, 0, 0], [c, plus, plus, 0], [red, 1, 0, 0]]
    assert tokenizer.unknown_words(["red ♣"]) == ["♣"] and tokenizer.passed_over(["red ♣"]) == []


def test_what_is_cut_is_told(capsys):
    tokenizer = Tokenizer(VOCABULARY, 3)
    assert tokenizer.left_out("face dark, fire: Medium face!") == "medium face"
    assert tokenizer.left_out("face dark fire.") == ""
    tokenizer.tell_cut(["face", "dark dark dark"])
    assert capsys.readouterr().out == ""
    tokenizer.tell_cut(["face", 4 * "dark ", "dark " * 7])
    assert capsys.readouterr().out == (
        "2 of 3 captions have more than 3 words and are cut there; the longest has 7 "
        "(--hparam=max_words=3)\n")


def test_captions_are_cut_at_the_largest_length_and_padded_to_it():
    assert tokens("face dark fire medium face", "fire", max_length=3) == [
        [FACE, DARK, FIRE],
        [FIRE, 0, 0],
    ]


def test_captions_without_words_are_all_padding():
    assert tokens("", "!?", max_length=2) == [[0, 0], [0, 0]]


def test_no_captions_give_no_rows():
    result = Tokenizer(VOCABULARY, 4)(tf.constant([], tf.string))
    assert result.shape == (0, 4)


def test_tokens_are_int32_of_a_known_length_in_a_graph():
    tokenizer = Tokenizer(VOCABULARY, 4)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
    def call(captions):
        result = tokenizer(captions)
        assert result.shape.as_list() == [None, 4]
        return result

    result = call(tf.constant(["dark face"]))
    assert result.dtype == tf.int32
    assert result.numpy().tolist() == [[DARK, FACE, 0, 0]]


def test_a_saved_tokenizer_reads_alike(tmp_path):
    class Serving(tf.Module):
        def __init__(self):
            super().__init__()
            self.tokenizer = Tokenizer((*VOCABULARY, "❤"), 4)

        @tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
        def serve(self, captions):
            return self.tokenizer(captions)

    tf.saved_model.save(Serving(), tmp_path / "saved")
    loaded = tf.saved_model.load(tmp_path / "saved")
    result = loaded.serve(tf.constant(["Größe: medium-dark", "nowhere", "❤ dark"]))
    assert result.numpy().tolist() == [[1, MEDIUM, DARK, 0], [1, 0, 0, 0], [7, DARK, 0, 0]]


def test_vocabulary_is_ordered_by_count_then_alphabet():
    captions = ["d Ä b-c", "C, b.", "b a"]
    assert build_vocabulary(captions) == ("b", "c", "a", "d", "ä")


def test_vocabulary_leaves_out_rare_words():
    assert build_vocabulary(["b a-c", "C, b.", "b d"], min_count=2) == ("b", "c")


def test_vocabulary_holds_the_words_as_the_tokenizer_reads_them():
    captions = ["Größe of the STRASSE", "cafe\u0301 Straße"]
    vocabulary = build_vocabulary(captions)
    assert Tokenizer(vocabulary).unknown_words(captions) == []


@pytest.mark.parametrize(
    ("captions", "min_count"), [([], 1), (["", "!"], 1), (["one two"], 2)])
def test_no_word_at_all_is_a_wrong_request(captions, min_count):
    with pytest.raises(RequestError, match="hold no word"):
        build_vocabulary(captions, min_count)


def test_unknown_words_are_sorted_and_named_once():
    tokenizer = Tokenizer(VOCABULARY)
    assert tokenizer.unknown_words(["Zebra face", "a zebra-Fire", "ärger"]) == [
        "a", "zebra", "ärger"]
    assert tokenizer.unknown_words(["dark FACE"]) == []
    assert tokenizer.unknown_words([]) == []
