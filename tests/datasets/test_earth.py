"""Tests of the tiles of the Earth, on plates made here, of the real sizes and flat or nearly so."""

import io

import numpy as np
import PIL.Image
import pytest
import tensorflow_datasets as tfds

from zoo.data.image_pairs import batches, pairs
from zoo.data.image_pairs.form import Form
from zoo.datasets import builders
from zoo.datasets.earth import earth_dataset_builder, plates, tiles
from zoo.datasets.earth.tiles import Tile
from zoo.errors import RequestError

EVERYWHERE = np.ones((plates.HEIGHT, plates.WIDTH), bool)
SIZES = pytest.mark.parametrize("size", (128, 256))
DATA = "marble-qt-data/usr/share/marble/data/maps/earth"


def jpeg(pixels):
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def write(folder):
    """Plates as the package has them.

    Satellite: red is 20 times the tens of columns, so a tile says where it is; night: flat. Of the
    elevation's tiles, 675 wide each, every one is flat; those of the northern half are land.
    """
    earth = folder / DATA
    columns = np.zeros((plates.HEIGHT, plates.WIDTH, 3), np.uint8)
    columns[..., 0] = np.arange(plates.WIDTH) // 256 * 20
    files = {"bluemarble/bluemarble.jpg": jpeg(columns),
             "citylights/citylights.jpg": jpeg(np.full_like(columns, 7))}
    for row in range(8):
        for column in range(16):
            grey = jpeg(np.full((675, 675), (200 if row < 4 else 20) + column, np.uint8))
            files[f"srtm/3/{row:06d}/{row:06d}_{column:06d}.jpg"] = grey
    for name, content in files.items():
        (earth / name).parent.mkdir(parents=True, exist_ok=True)
        (earth / name).write_bytes(content)
    return folder


@pytest.fixture(autouse=True)
def not_installed(monkeypatch, tmp_path):
    monkeypatch.setattr(plates, "_INSTALLED", tmp_path / "no" / "marble")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    return write(tmp_path_factory.mktemp("earth") / "downloads" / "manual")


def columns_of(split, size, count):
    """Marks the columns that a split's tiles have pixels of, bool `(WIDTH,)`."""
    seen = np.zeros(plates.WIDTH, bool)
    for tile in tiles.of_split(split, EVERYWHERE, size, count):
        seen[np.arange(tile.left, tile.left + size) % plates.WIDTH] = True
    return seen


@SIZES
def test_no_held_out_pixel_nor_its_neighbours_are_ever_in_training_around_the_world(size):
    count = earth_dataset_builder.NUM_TRAINING_TILES[size]
    train, validation, test = (columns_of(split, size, count) for split in tiles.SPLITS)
    for held_out, others in ((test, train | validation), (validation, train | test)):
        for shift in range(-tiles.GAP, tiles.GAP + 1):
            assert not (np.roll(held_out, shift) & others).any(), shift
    assert train[0] and train[-1]  # Over 180° as well.
    assert test.sum() == 3 * 256 and validation.sum() == 256
    # Nothing else is wasted, but for a column or two that no random tile has reached.
    assert 0 <= plates.WIDTH - 4 * (256 + 2 * tiles.GAP) - train.sum() < 10


@SIZES
def test_training_tiles_are_many_and_different_and_the_same_every_time(size):
    first = tiles.of_split("train", EVERYWHERE, size, 300)
    assert first == tiles.of_split("train", EVERYWHERE, size, 300)
    assert len(set(first)) == 300 and len({tile.top % 128 for tile in first}) > 64
    assert any(tile.left + size > plates.WIDTH for tile in first)  # Around the back.


@SIZES
@pytest.mark.parametrize("split", tiles.SPLITS)
def test_polar_caps_are_left_out(size, split):
    chosen = tiles.of_split(split, EVERYWHERE, size, 500)
    # 68° N and 60° S, 7.5 pixels a degree.
    assert min(tile.top for tile in chosen) >= 165
    assert max(tile.top + size for tile in chosen) <= 1125


def test_held_out_tiles_are_a_grid_without_overlap():
    seen = np.zeros((plates.HEIGHT, plates.WIDTH), int)
    for split in ("validation", "test"):
        for tile in tiles.of_split(split, EVERYWHERE, 128, 0):
            seen[tile.top:tile.top + 128, tile.left:tile.left + 128] += 1
    assert seen.max() == 1 and seen.sum() == 4 * 2 * 7 * 128**2  # 7 rows fit between the caps.


@pytest.mark.parametrize("split", tiles.SPLITS)
def test_tiles_have_a_quarter_of_land(split):
    land = np.zeros_like(EVERYWHERE)
    assert not tiles.of_split(split, land, 128, 10)
    land[::4] = True  # Exactly a quarter of each tile.
    assert tiles.of_split(split, land, 128, 10) == tiles.of_split(split, EVERYWHERE, 128, 10)
    land[:400:4] = False
    chosen = tiles.of_split(split, land, 128, 10)
    assert chosen and all(tile.top >= 400 - 4 for tile in chosen)


def test_a_tile_goes_on_at_180_degrees_and_says_where_it_is():
    plate = np.broadcast_to(np.arange(plates.WIDTH), (plates.HEIGHT, plates.WIDTH))
    assert tiles.cut(plate, Tile(3, 2698), 4)[0].tolist() == [2698, 2699, 0, 1]
    assert tiles.centre(Tile(165, 2636), 128) == "59.47N 180.00W"
    assert tiles.centre(Tile(675, 1350), 150) == "10.00S 10.00E"


def test_elevation_is_the_mean_of_four_by_four_pixels(monkeypatch, tmp_path):
    fine = np.zeros((8, 12), np.uint8)
    fine[:4, 4:8] = np.arange(16).reshape(4, 4)  # Mean 7.5: not a whole grey.
    fine[4:, 8:] = 255
    monkeypatch.setattr(plates, "WIDTH", 3)
    monkeypatch.setattr(plates, "HEIGHT", 2)
    for name, value in (("_TILE_ROWS", 2), ("_TILE_COLUMNS", 3), ("_TILE_SIDE", 4)):
        monkeypatch.setattr(plates, name, value)
    for row in range(2):
        for column in range(3):
            path = tmp_path / plates._TILE.format(row=row, column=column)
            path.parent.mkdir(parents=True, exist_ok=True)
            tile = fine[4 * row:4 * row + 4, 4 * column:4 * column + 4]
            PIL.Image.fromarray(tile).save(path, "PNG")  # Exact; the reader goes by content.
    np.testing.assert_allclose(plates.read(tmp_path, "elevation")[..., 0] * 255,
                               [[0, 7.5, 0], [0, 0, 255]], rtol=1e-6)


def test_the_data_set_from_the_plates_to_a_batch(unpacked, monkeypatch, capsys):
    monkeypatch.setattr(earth_dataset_builder, "NUM_TRAINING_TILES", {128: 12, 256: 3})
    root = unpacked.parents[1]
    form = Form(128, 128, source_channels=3, target_channels=1)
    name = "earth/128_satellite_to_elevation"
    loaded = {split: pairs.load(name, split, str(root), form) for split in tiles.SPLITS}
    assert {split: len(each) for split, each in loaded.items()} == {
        "train": 12, "validation": 8, "test": 24}  # Of 7 rows 4 are at least a quarter land.
    assert "128/128 elevation tiles" in capsys.readouterr().out
    test = loaded["test"]
    assert "59.47N 59.47W" in test.names  # 840 + 64 columns are 120.53° from 180° W.
    source, target = batches.plain(test, form, [test.names.index("59.47N 59.47W")])
    assert source.shape == (1, 128, 128, 3) and target.shape == (1, 128, 128, 1)
    # Columns 840 to 967 are three (60) times 256 and more; their elevation's tiles are 4 and 5.
    np.testing.assert_allclose((source[0, :, :100, 0] + 1) * 127.5, 60, atol=2)
    np.testing.assert_allclose((target[0, :, :3, 0] + 1) * 127.5, 204, atol=1e-3)
    np.testing.assert_allclose((target[0, :, 4:, 0] + 1) * 127.5, 205, atol=1e-3)


def test_elevation_has_16_bits_as_a_target_and_8_as_a_source(tmp_path):
    features = {task: earth_dataset_builder.Builder(
        config=f"256_{task}", data_dir=tmp_path).info.features
        for task in earth_dataset_builder.TASKS}
    kinds = {task: [(each[side].shape, np.dtype(each[side].np_dtype).name)
                    for side in ("source", "target")] for task, each in features.items()}
    picture = ((256, 256, 3), "uint8")
    assert kinds == {"elevation_to_satellite": [((256, 256, 1), "uint8"), picture],
                     "day_to_night": [picture, picture],
                     "satellite_to_elevation": [picture, ((256, 256, 1), "uint16")]}


def test_an_installed_package_is_found_too(unpacked, monkeypatch, tmp_path):
    monkeypatch.setattr(plates, "_INSTALLED", (unpacked / DATA).parents[1])
    assert plates.find(tmp_path) == (unpacked / DATA).parents[1]


def test_a_missing_package_is_one_line_with_the_command(tmp_path):
    builder = builders.find("earth/128_day_to_night", str(tmp_path))
    with pytest.raises(RequestError) as error:
        builders.prepare(builder, "earth")
    assert "apt-get install marble-qt-data" in str(error.value)
    assert f"cd {tmp_path}/downloads/manual && apt-get download" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content, complaint", [
    (None, "cannot be read .No such file"), (b"no picture", "cannot be read .*install"),
    (jpeg(np.zeros((675, 674), np.uint8)), "has 674x675 pixels instead of 675x675")])
def test_a_file_that_will_not_do_is_named(tmp_path, content, complaint):
    path = tmp_path / plates._TILE.format(row=0, column=0)
    path.parent.mkdir(parents=True)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RequestError, match=f"{path}: {complaint}"):
        plates.read(tmp_path, "elevation")
