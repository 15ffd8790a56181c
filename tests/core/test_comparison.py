import pytest

from zoo.core import comparison
from zoo.core.settings import Settings
from zoo.core.workdir import Workdir
from zoo.errors import RequestError


@pytest.fixture
def evaluated(tmp_path):
    def make(name, seed, *, size=8, split="test", **values):
        workdir = Workdir(tmp_path / name)
        workdir.open(Settings(model="f/v", seed=seed, workdir=str(workdir.path),
                              hparams={"size": str(size)}))
        workdir.write_evaluation({
            "dataset": "d", "split": split, "max_examples": None,
            "metrics": {metric: {"value": value, "low": value - 0.5, "high": value + 0.5}
                        for metric, value in values.items()}})
        return str(workdir.path)
    return make


def test_runs_that_differ_in_the_seed_share_a_row(evaluated):
    folders = [evaluated("large_1", 1, size=9, psnr_db=20.0, ssim=0.5),
               evaluated("small_1", 1, psnr_db=1.0, ssim=0.1),
               evaluated("small_2", 2, psnr_db=2.0, ssim=0.1),
               evaluated("small_3", 3, psnr_db=6.0, ssim=0.1)]
    # Mean 3, squared deviations 4 + 1 + 9 over 2: standard deviation 2.646.
    assert comparison.table(folders, ["psnr_db", "ssim"]).splitlines() == [
        "| run | seeds | psnr_db | ssim |",
        "| --- | --- | --- | --- |",
        "| large_1 | 1 | 20.000 [19.500, 20.500] | 0.500 [0.000, 1.000] |",
        "| small | 1, 2, 3 | 3.000 ± 2.646 | 0.100 ± 0.000 |"]


def test_what_cannot_be_compared_is_a_wrong_request(evaluated, tmp_path):
    one = evaluated("one", 1, psnr_db=1.0)
    with pytest.raises(RequestError, match="--metric=psnr: .*one.* Did you mean 'psnr_db'"):
        comparison.table([one], ["psnr"])
    other = evaluated("other", 2, split="validation", psnr_db=1.0)
    with pytest.raises(RequestError, match="one on test of d.*other on validation of d"):
        comparison.table([one, other], ["psnr_db"])
    Workdir(tmp_path / "new").open(Settings(model="f/v"))
    with pytest.raises(RequestError, match="new: not evaluated yet; run tools/evaluate.py"):
        comparison.table([one, str(tmp_path / "new")], ["psnr_db"])
    with pytest.raises(RequestError, match="absent: no run here"):
        comparison.table([str(tmp_path / "absent")], ["psnr_db"])
