import subprocess
import sys

import keras
import numpy as np
import pytest

from zoo.core import networks
from zoo.errors import RequestError
from zoo.layers.image_encoder import ImageEncoder


@pytest.fixture
def encoder():
    return ImageEncoder(16, "residual", (4, 8), output_dim=3)


@pytest.mark.parametrize("half, tolerance", [(False, 0), (True, 2e-3)])
def test_loaded_network_equals_the_saved_one(encoder, tmp_path, half, tolerance):
    networks.save(encoder, tmp_path, "encoder", half)
    image = np.random.default_rng(0).normal(size=(2, 16, 16, 3)).astype(np.float32)
    loaded = networks.load(tmp_path, "encoder")
    np.testing.assert_allclose(loaded(image), encoder(image), atol=tolerance)
    assert all(weight.dtype == "float32" for weight in loaded.weights)


def test_network_is_loaded_under_the_policy_of_the_day(tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    networks.save(ImageEncoder(16, "plain", (4,)), tmp_path, "encoder")
    keras.config.set_dtype_policy("float32")
    assert networks.load(tmp_path, "encoder").stages[0].compute_dtype == "float32"


def test_half_precision_halves_the_file(encoder, tmp_path):
    networks.save(encoder, tmp_path, "full")
    networks.save(encoder, tmp_path, "half", half=True)
    full, half = ((tmp_path / f"{name}.npz").stat().st_size for name in ("full", "half"))
    assert half < 0.85 * full  # Of so small a network, file headers are a good part.


def test_weights_of_another_network_are_refused(encoder, tmp_path):
    networks.save(ImageEncoder(16, "residual", (4, 4), output_dim=3), tmp_path, "encoder")
    with pytest.raises(RequestError, match="other sizes"):
        networks.load_weights(encoder, tmp_path, "encoder")


def test_existence_needs_both_files(encoder, tmp_path):
    networks.save(encoder, tmp_path, "encoder")
    assert networks.exists(tmp_path, "encoder")
    (tmp_path / "encoder.json").unlink()
    assert not networks.exists(tmp_path, "encoder")


def test_a_run_without_the_network_is_named_with_its_flag(encoder, tmp_path):
    with pytest.raises(RequestError, match="--hparam=e=.*holds no image encoder"):
        networks.find(str(tmp_path), "image_encoder", "--hparam=e")
    networks.save(encoder, tmp_path, "image_encoder")
    assert networks.find(str(tmp_path), "image_encoder", "--hparam=e") == tmp_path


def test_a_network_of_another_family_is_found_without_importing_it(tmp_path):
    save = ("from zoo.core import networks; from zoo.layers.image_encoder import ImageEncoder; "
            f"networks.save(ImageEncoder(8, 'plain', (4,), 2), {str(tmp_path)!r}, 'encoder')")
    load = f"from zoo.core import networks; print(networks.load({str(tmp_path)!r}, 'encoder').name)"
    for code in (save, load):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert done.stdout == "image_encoder\n"
