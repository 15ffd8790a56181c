"""TFDS builder of the data set `flowers_captions`."""

import tensorflow_datasets as tfds

from zoo.datasets import reed_captions

_IMAGES = "102flowers.tgz"
_CAPTIONS = "cvpr2016_flowers.tar.gz"


class Builder(tfds.core.GeneratorBasedBuilder):
    """Photographs of 102 kinds of flowers, each with ten captions.

    Every example is a dictionary:

    - `image`: `uint8 (height, width, 3)` in [0, 255], the whole JPEG as distributed.
    - `captions`: strings, ten as a rule, as `zoo.datasets.reed_captions.to_captions` cleans them.
    - `class_name`: string, such as "class_00001".
    - `file_name`: string, such as "image_06734.jpg".

    The splits share no class. What the archives look like inside: `jpg/<picture>.jpg` is what
    TFDS's `oxford_flowers102` reads; for the captions see `zoo.datasets.reed_captions`. A missing or
    unusable archive raises `zoo.errors.RequestError`.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Oxford 102 Category Flowers, captions of Reed et al. 2016."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
        Two archives, not unpacked: {_IMAGES} from
        https://www.robots.ox.ac.uk/~vgg/data/flowers/102/{_IMAGES} and {_CAPTIONS}, "flowers" at
        https://github.com/reedscot/cvpr2016; see zoo/datasets/flowers_captions/README.md.
        """

    # TFDS downloads nothing, so there are no checksums to look for.
    url_infos = None

    def _info(self):
        return self.dataset_info_from_configs(
            features=reed_captions.features(),
            homepage="https://www.robots.ox.ac.uk/~vgg/data/flowers/102/",
        )

    def _split_generators(self, dl_manager):
        images, texts = reed_captions.find_archives(
            dl_manager, self.MANUAL_DOWNLOAD_INSTRUCTIONS, _IMAGES, _CAPTIONS)
        captions = reed_captions.read_captions(dl_manager, texts)
        return {split: self._generate_examples(dl_manager, images, captions[split])
                for split in captions}

    def _generate_examples(self, dl_manager, images, captions):
        keys = {f"jpg/{picture}.jpg": (name, picture) for name, picture in captions}
        for path, content in reed_captions.read_pictures(dl_manager, images, keys):
            name, picture = keys[path]
            yield picture, {
                "image": content,
                "captions": captions[name, picture],
                "class_name": name,
                "file_name": f"{picture}.jpg",
            }
