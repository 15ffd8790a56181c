"""TFDS builder of the data set `pix2pix_cityscapes`."""

from zoo.datasets.pix2pix_archives import Pix2PixBuilder


class Builder(Pix2PixBuilder):
    """Photographs of streets (left) and their labels (right), side by side.

    See `zoo.datasets.pix2pix_archives.Pix2PixBuilder`.
    """

    archive = "cityscapes"
