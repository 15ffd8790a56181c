"""What the builders of pix2pix's own data sets share: one archive of pictures side by side.

The archives and what lies in them: `datasets/download_pix2pix_dataset.sh` of the project
junyanz/pytorch-CycleGAN-and-pix2pix and its `docs/datasets.md`: `<name>/<split>/<picture>.jpg`,
both pictures of a pair side by side. They could not be fetched when this was written.
"""

import pathlib
import tarfile

import tensorflow_datasets as tfds

from zoo.errors import RequestError

_URL = "http://efrosgans.eecs.berkeley.edu/pix2pix/datasets/{}.tar.gz"
_SPLIT_OF_FOLDER = {"train": "train", "val": "validation", "test": "test"}


class Pix2PixBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Base of the builders; a subclass is named `Builder` and sets `archive`.

    Every example is a dictionary:

    - `image`: `uint8 (height, 2 width, 3)` in [0, 255], both pictures, the JPEG as distributed.
    - `file_name`: string, such as "1.jpg".

    The splits are the folders of the archive. Where it has no `test/`, papers report on `val/`,
    which then is the split `test`. TFDS downloads the archive when the data set is first used.
    """

    VERSION = tfds.core.Version("1.0.0")
    # There was no way to take checksums; TFDS records them when it downloads.
    url_infos = None
    archive = ""
    folders = ("train", "val")  # In the archive.
    homepage = "https://phillipi.github.io/pix2pix/"

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({
                "image": tfds.features.Image(shape=(None, None, 3), encoding_format="jpeg"),
                "file_name": tfds.features.Text(),
            }),
            homepage=self.homepage,
        )

    def _split_generators(self, dl_manager):
        archive = dl_manager.download(_URL.format(self.archive))
        splits = {_SPLIT_OF_FOLDER[folder]: folder for folder in self.folders}
        if "test" not in splits:
            splits["test"] = splits.pop("validation")
        return {split: self._generate_examples(dl_manager, archive, folder)
                for split, folder in splits.items()}

    def _generate_examples(self, dl_manager, archive, folder):
        found = False
        try:
            for path, file in dl_manager.iter_archive(archive):
                path = pathlib.PurePosixPath(path)
                # "._x.jpg" are what macOS adds to archives.
                if path.match(f"{folder}/*.jpg") and not path.name.startswith("."):
                    found = True
                    yield path.name, {"image": file.read(), "file_name": path.name}
        except (tarfile.TarError, EOFError):
            raise RequestError(f"{archive}: damaged, or not an archive; delete it and run the "
                               "same command again.") from None
        if not found:
            raise RequestError(f"{archive}: holds no {folder}/*.jpg; is it the right archive?")
