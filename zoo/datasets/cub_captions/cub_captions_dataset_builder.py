"""TFDS builder of the data set `cub_captions`."""

import io
import itertools

import PIL.Image
import tensorflow_datasets as tfds

from zoo.datasets import reed_captions
from zoo.errors import RequestError

_IMAGES = "CUB_200_2011.tgz"
_CAPTIONS = "cvpr2016_cub.tar.gz"
_FOLDER = "CUB_200_2011"  # In the archive of images.


class Builder(tfds.core.GeneratorBasedBuilder):
    """Photographs of 200 species of birds, each with ten captions and the box around the bird.

    Every example is a dictionary:

    - `image`: `uint8 (height, width, 3)` in [0, 255], the whole JPEG as distributed. A few are
      grey; they decode to three equal channels.
    - `captions`: strings, ten as a rule, as `zoo.datasets.reed_captions.to_captions` cleans them.
    - `class_name`: string, such as "001.Black_footed_Albatross".
    - `file_name`: string, such as
      "001.Black_footed_Albatross/Black_Footed_Albatross_0046_18.jpg".
    - `bounding_box`: `float32 (4,)`, [ymin, xmin, ymax, xmax] over the picture's height and width.

    The splits share no class. What the archives look like inside: `CUB_200_2011/images.txt`,
    `bounding_boxes.txt` and `images/<class>/<picture>.jpg` are what TFDS's `caltech_birds2011`
    reads; for the captions see `zoo.datasets.reed_captions`. A missing or unusable archive raises
    `zoo.errors.RequestError`.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "CUB-200-2011, captions of Reed et al. 2016."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
        Two archives, not unpacked: {_IMAGES} from
        https://data.caltech.edu/records/65de6-vp158/files/{_IMAGES} and {_CAPTIONS}, "birds" at
        https://github.com/reedscot/cvpr2016; see zoo/datasets/cub_captions/README.md.
        """

    # TFDS downloads nothing, so there are no checksums to look for.
    url_infos = None

    def _info(self):
        return self.dataset_info_from_configs(
            features=reed_captions.features(bounding_box=tfds.features.BBoxFeature()),
            homepage="https://www.vision.caltech.edu/datasets/cub_200_2011/",
        )

    def _split_generators(self, dl_manager):
        images, texts = reed_captions.find_archives(
            dl_manager, self.MANUAL_DOWNLOAD_INSTRUCTIONS, _IMAGES, _CAPTIONS)
        captions = reed_captions.read_captions(dl_manager, texts)
        boxes = _read_boxes(dl_manager, images)
        return {split: self._generate_examples(dl_manager, images, captions[split], boxes)
                for split in captions}

    def _generate_examples(self, dl_manager, images, captions, boxes):
        keys = {f"{_FOLDER}/images/{name}/{picture}.jpg": (name, picture)
                for name, picture in captions}
        for path, content in reed_captions.read_pictures(dl_manager, images, keys):
            name, picture = keys[path]
            file_name = f"{name}/{picture}.jpg"
            yield file_name, {
                "image": content,
                "captions": captions[name, picture],
                "class_name": name,
                "file_name": file_name,
                "bounding_box": _relative(boxes[file_name], content),
            }


def _read_boxes(dl_manager, archive):
    """Returns dict from file name to (left, top, width, height) in pixels."""
    names, boxes = f"{_FOLDER}/images.txt", f"{_FOLDER}/bounding_boxes.txt"
    files = reed_captions.read_files(dl_manager, archive, {names, boxes}.__contains__)
    tables = {path: [line.split() for line in content.decode().splitlines()]
              for path, content in itertools.islice(files, 2)}
    if len(tables) < 2:
        raise RequestError(f"{archive}: lacks {names} or {boxes}; is it the right archive?")
    name_of = dict(tables[names])
    return {name_of[index]: tuple(map(float, box)) for index, *box in tables[boxes]}


def _relative(box, encoded):
    left, top, width, height = box
    picture_width, picture_height = PIL.Image.open(io.BytesIO(encoded)).size

    def share(position, length):
        return min(max(position / length, 0.0), 1.0)  # A few boxes end a little outside.
    return tfds.features.BBox(
        ymin=share(top, picture_height), xmin=share(left, picture_width),
        ymax=share(top + height, picture_height), xmax=share(left + width, picture_width))
