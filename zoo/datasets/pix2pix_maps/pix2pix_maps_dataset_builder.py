"""TFDS builder of the data set `pix2pix_maps`."""

from zoo.datasets.pix2pix_archives import Pix2PixBuilder


class Builder(Pix2PixBuilder):
    """Aerial photographs (left) and street maps (right) of New York, side by side.

    See `zoo.datasets.pix2pix_archives.Pix2PixBuilder`.
    """

    archive = "maps"
