"""TFDS builder of the data set `pix2pix_facades`."""

from zoo.datasets.pix2pix_archives import Pix2PixBuilder


class Builder(Pix2PixBuilder):
    """Photographs of facades (left) and their labelled parts (right), side by side.

    See `zoo.datasets.pix2pix_archives.Pix2PixBuilder`.
    """

    archive = "facades"
    folders = ("train", "val", "test")
