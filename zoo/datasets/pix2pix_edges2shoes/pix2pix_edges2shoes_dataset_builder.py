"""TFDS builder of the data set `pix2pix_edges2shoes`."""

from zoo.datasets.pix2pix_archives import Pix2PixBuilder


class Builder(Pix2PixBuilder):
    """Edges (left) and photographs (right) of shoes, side by side.

    See `zoo.datasets.pix2pix_archives.Pix2PixBuilder`.
    """

    archive = "edges2shoes"
