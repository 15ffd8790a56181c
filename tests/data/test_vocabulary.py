import pytest

from zoo.data import vocabulary

WORDS = ("face", "größe", "москва", "o", "\u2028odd\x85")


def test_reads_what_was_written_in_order(tmp_path):
    vocabulary.write(tmp_path / "words.txt", WORDS)
    assert vocabulary.read(tmp_path / "words.txt") == WORDS


def test_no_words_are_no_words(tmp_path):
    vocabulary.write(str(tmp_path / "words.txt"), ())
    assert vocabulary.read(str(tmp_path / "words.txt")) == ()


def test_the_file_is_one_word_a_line_in_utf_8(tmp_path):
    vocabulary.write(tmp_path / "words.txt", ["a", "größe"])
    assert (tmp_path / "words.txt").read_bytes() == "a\ngröße\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["words.txt"]


def test_writing_replaces_the_old_file(tmp_path):
    vocabulary.write(tmp_path / "words.txt", ["old", "older"])
    vocabulary.write(tmp_path / "words.txt", ["new"])
    assert vocabulary.read(tmp_path / "words.txt") == ("new",)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    vocabulary.write(tmp_path / "words.txt", ["old"])
    with pytest.raises(UnicodeEncodeError):
        vocabulary.write(tmp_path / "words.txt", ["new", "\ud800"])
    assert vocabulary.read(tmp_path / "words.txt") == ("old",)
