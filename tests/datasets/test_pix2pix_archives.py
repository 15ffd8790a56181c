"""The builders of pix2pix's data sets on archives made here, laid out as the original ones."""

import importlib
import io
import tarfile

import numpy as np
import PIL.Image
import pytest
import tensorflow_datasets as tfds

from zoo.data.image_pairs import batches, pairs
from zoo.data.image_pairs.form import Form
from zoo.errors import RequestError

SPLITS = {
    "facades": {"train": "train", "validation": "val", "test": "test"},
    "maps": {"train": "train", "test": "val"},
    "edges2shoes": {"train": "train", "test": "val"},
    "cityscapes": {"train": "train", "test": "val"},
}
EACH = pytest.mark.parametrize("archive", SPLITS)
FORM = Form(8, 8, direction="right_to_left")


def jpeg(left, right):
    image = PIL.Image.new("RGB", (32, 16), left)
    image.paste(right, (16, 0, 32, 16))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=100, subsampling=0)
    return file.getvalue()


def files(archive):
    contents = {f"{archive}/{folder}/{number}.jpg": jpeg("blue", "red")
                for folder in SPLITS[archive].values() for number in range(1, 4)}
    return contents | {f"{archive}/train/._1.jpg": b"macOS", f"{archive}/README": b"text"}


@pytest.fixture
def download(monkeypatch, tmp_path):
    """Function that puts an archive where the builder's download "finds" it; notes the URLs."""
    urls = []

    def put(archive, contents):
        path = tmp_path / f"{archive}.tar.gz"
        with tarfile.open(path, "w:gz") as file:
            for name, content in contents.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                file.addfile(member, io.BytesIO(content))

        def fetch(manager, url):
            urls.append(url)
            return path
        monkeypatch.setattr(tfds.download.DownloadManager, "download", fetch)
        return path

    put.urls = urls
    return put


@EACH
def test_pairs_load_by_name(archive, download, tmp_path):
    download(archive, files(archive))
    for split in SPLITS[archive]:
        loaded = pairs.load(f"pix2pix_{archive}", split, tmp_path / "tfds", FORM)
        assert sorted(loaded.names) == ["1.jpg", "2.jpg", "3.jpg"]
        source, target = batches.plain(loaded, FORM, range(3))
        for images, colour in ((source, (1, -1, -1)), (target, (-1, -1, 1))):
            np.testing.assert_allclose(images, np.broadcast_to(colour, images.shape), atol=0.05)
    assert len(download.urls) == 1 and download.urls[0].endswith(f"/datasets/{archive}.tar.gz")


@EACH
def test_what_a_builder_says_of_itself(archive, tmp_path):
    module = importlib.import_module(
        f"zoo.datasets.pix2pix_{archive}.pix2pix_{archive}_dataset_builder")
    builder = module.Builder(data_dir=tmp_path)
    assert builder.name == f"pix2pix_{archive}"
    assert "side by side" in module.Builder.__doc__
    assert "TFDS downloads the archive" in builder.info.description
    assert "Image-to-Image Translation with Conditional" in builder.info.citation


@pytest.mark.parametrize("damage, words", [
    (lambda path: path.write_bytes(b"<html>Not found</html>" * 50), "damaged, or not an archive"),
    (lambda path: path.write_bytes(path.read_bytes()[:-200]), "damaged, or not an archive")])
def test_a_damaged_archive_is_named(download, tmp_path, damage, words):
    path = download("maps", files("maps"))
    damage(path)
    with pytest.raises(RequestError, match=f"{path}: {words}"):
        pairs.load("pix2pix_maps", "train", tmp_path / "tfds", FORM)


def test_another_archive_is_refused(download, tmp_path):
    download("maps", {"maps/train.txt": b"no pictures"})
    with pytest.raises(RequestError, match="holds no train/.*right archive"):
        pairs.load("pix2pix_maps", "train", tmp_path / "tfds", FORM)


def test_a_split_that_the_archive_has_not_is_refused(download, tmp_path):
    download("maps", files("maps"))
    with pytest.raises(RequestError, match="no split 'validation'; it has"):
        pairs.load("pix2pix_maps", "validation", tmp_path / "tfds", FORM)


def test_a_feature_that_is_no_picture_is_refused(download, tmp_path):
    download("maps", files("maps"))
    with pytest.raises(RequestError, match="--image_feature=file_name: .* no picture file_name"):
        pairs.load("pix2pix_maps", "train", tmp_path / "tfds", FORM, image_feature="file_name")
