import pytest

from zoo.core import locate
from zoo.errors import RequestError


@pytest.fixture(autouse=True)
def shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(locate, "PRETRAINED", tmp_path / "pretrained")
    for name in ("df_gan", "pix2pix"):
        (tmp_path / "pretrained" / name).mkdir(parents=True)
    (tmp_path / "pretrained" / "README.md").write_text("")
    return tmp_path / "pretrained"


def test_shipped_runs_are_found_by_name(shipped):
    assert locate.pretrained("df_gan") == shipped / "df_gan"


@pytest.mark.parametrize("name, told", [
    ("df_gna", "Did you mean 'df_gan'"), ("zzz", "Valid: df_gan, pix2pix"),
    ("README.md", "not shipped"), ("", "not shipped"), ("../pretrained", "not shipped")])
def test_other_names_are_an_error_that_names_the_right_ones(name, told):
    with pytest.raises(RequestError, match=told):
        locate.pretrained(name)


def test_a_run_is_found_by_its_folder_or_by_its_name(shipped, tmp_path):
    (tmp_path / "run").mkdir()
    assert locate.run_folder(str(tmp_path / "run"), "--workdir") == tmp_path / "run"
    assert locate.run_folder("pix2pix", "--workdir") == shipped / "pix2pix"


def test_a_folder_goes_before_a_shipped_name(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "df_gan").mkdir()
    assert locate.run_folder("df_gan", "--workdir").resolve() == tmp_path / "df_gan"


def test_neither_folder_nor_name_is_an_error_that_names_the_flag():
    with pytest.raises(RequestError, match="--hparam=text_encoder=nowhere: neither"):
        locate.run_folder("nowhere", "--hparam=text_encoder")


def test_a_folder_of_pictures_is_named_in_full(tmp_path, monkeypatch):
    (tmp_path / "pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("pictures", "./pictures/", "../" + tmp_path.name + "/pictures"):
        assert locate.dataset(name) == str(tmp_path / "pictures")
    assert locate.dataset("openmoji/64") == "openmoji/64"
    assert locate.dataset("") == ""


def test_local_paths_are_named_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    assert locate.absolute("a/b") == str(tmp_path / "a" / "b")
    assert locate.absolute("~/a") == "/home/me/a"
    assert locate.absolute("") == ""


@pytest.mark.parametrize("path", ["gs://bucket/a", "s3://bucket/a", "hdfs://host/a"])
def test_paths_elsewhere_are_refused(path):
    with pytest.raises(RequestError, match=f"{path}: only paths on this machine"):
        locate.absolute(path)


def test_a_run_referred_to_is_named_in_full(tmp_path, monkeypatch):
    (tmp_path / "encoder").mkdir()
    monkeypatch.chdir(tmp_path)
    assert locate.reference("encoder") == str(tmp_path / "encoder")
    assert locate.reference("text_encoder_openmoji64") == "text_encoder_openmoji64"


@pytest.mark.parametrize("name", ["openmoji/64", "mnist", "coco_captions/2014"])
def test_a_folder_named_like_a_tfds_set_does_not_shadow_it(tmp_path, monkeypatch, capsys, name):
    (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert locate.dataset(name) == name
    assert capsys.readouterr().out == (
        f"--dataset={name}: the TFDS data set of that name is used, not the folder "
        f"{tmp_path / name}; for that write --dataset=./{name}\n")
    assert locate.dataset(f"./{name}") == str(tmp_path / name)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("name", ["pictures", "mnist/pictures"])
def test_another_folder_is_meant_without_a_word(tmp_path, monkeypatch, capsys, name):
    (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert locate.dataset(name) == str(tmp_path / name)
    assert not capsys.readouterr().out
