"""How close, how sharp and how lifelike predictions are, by how far ahead they look."""

import csv

import numpy as np
import scipy.stats

from zoo.core import networks
from zoo.data import image
from zoo.layers.pyramid import pyramid
from zoo.metrics import bootstrap
from zoo.metrics import video as video_metrics
from zoo.metrics.distances import distances, others, real_against_real
from zoo.metrics.encoder import image_features
from zoo.video_prediction import clips, rollout

TABLE_HORIZONS = (1, 8, 16)  # Frames ahead; `write_horizons` has all of them.
_METRICS = {
    "psnr_db": video_metrics.psnr_db,
    "ssim": video_metrics.ssim,
    "sharpness_difference_db": video_metrics.sharpness_difference_db,
    "sharpness_ratio": video_metrics.sharpness_ratio,
}
_BATCH_SIZE = 32


def evaluate(model, videos, training_videos, image_size, encoder_folder, max_examples, seed):
    """Measures recursive predictions of the averaged generator on the clips of a split.

    Args:
        model: `VideoPredictionGAN`.
        videos: `Videos`.
        training_videos: `Videos` of the training split, of which as many clips as are measured are
            drawn for the row "real against real".
        image_size: height and width of the frames, pixels.
        encoder_folder: folder of the network `image_encoder`; None: no distances of sets.
        max_examples: clips at most; None: all.
        seed: seed of noise and of the bootstrap.

    Returns:
        `{metric: {"value", "low", "high"}}`, 95 % bootstrap intervals that resample videos with all
        clips of each; means say as "count" over how many clips they are.
        `<metric>_<area>_<k>` for each metric of `_METRICS` k frames ahead, on the `moving` areas
        (see `zoo.metrics.video.moving_areas`) and on the `whole` frame, and with `copy_` before it
        the same for the last known frame shown again. `frechet_distance` and `kernel_distance`: of
        all predicted frames in the encoder's unit-length features; `real_against_real_…`: of true
        frames of the training split. `history_swap_auc`, where there is
        a D: how often it scores a real next frame after its own past above one after another
        clip's, in [0, 1].
    """
    past = model.generator.context_frames
    ahead = clips.horizon(videos, past)
    windows = clips.windows(videos, past + ahead, max_examples)
    frames = clips.frames(videos, windows, past + ahead, image_size)
    context, truth = frames[:, :past], frames[:, past:]
    predicted = rollout.roll_out_many(model, context, ahead, seed)
    copied = np.repeat(context[:, -1:], ahead, axis=1)

    results = {}
    for prefix, candidate in (("", predicted), ("copy_", copied)):
        results |= {prefix + name: bootstrap.mean_with_interval(values, seed, windows[:, 0])
                    for name, values in by_horizon(context[:, -1], truth, candidate).items()}
    if encoder_folder is not None:
        encoder = networks.load(encoder_folder, "image_encoder")
        real, fake, last = (
            _features(encoder, each) for each in (truth, predicted, context[:, -1]))
        options = {"clusters": np.repeat(windows[:, 0], ahead), "scale": 1.0}
        results |= distances(real, fake, seed, **options)
        results |= {f"copy_{name}": result for name, result in distances(
            real, np.repeat(last, ahead, axis=0), seed, **options).items()}
        other = _others(training_videos, past + ahead, len(windows), seed)
        of_other = real[:0] if len(other) < len(windows) else _features(
            encoder, clips.frames(training_videos, other, past + ahead, image_size)[:, past:])
        results |= real_against_real(real, of_other, seed, **options)
    if model.discriminator is not None and len(set(windows[:, 0])) > 1:
        wrong = context[clips.partners(windows)]
        scores = tuple(score(model, each, truth[:, 0]) for each in (context, wrong))
        results["history_swap_auc"] = bootstrap.with_interval(
            scores, auc, seed, clusters=windows[:, 0])
    return results


def by_horizon(last, truth, candidate):
    """Returns `{"<metric>_<area>_<k>": float64 (n,)}`, NaN where nothing moves.

    Args:
        last: uint8 `(n, height, width, 3)`, the last known frames.
        truth, candidate: uint8 `(n, ahead, height, width, 3)`.
    """
    values = {}
    for k in range(1, truth.shape[1] + 1):
        pair = truth[:, k - 1], candidate[:, k - 1]
        areas = {"moving": video_metrics.moving_areas(last, pair[0]),
                 "whole": video_metrics.everywhere(pair[0])}
        values |= {f"{name}_{area}_{k}": metric(*pair, masks)
                   for area, masks in areas.items() for name, metric in _METRICS.items()}
    return values


def of_table(results):
    """Returns the metrics without those of horizons that are not in `TABLE_HORIZONS`."""
    return {name: value for name, value in results.items()
            if not name.rpartition("_")[2].isdecimal()
            or int(name.rpartition("_")[2]) in TABLE_HORIZONS}


def write_horizons(results, path):
    """Writes a CSV file with a row for each metric and horizon, the prediction beside the copy."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("metric", "frames_ahead", "value", "low", "high", "last_frame_copy"))
        for name, value in results.items():
            metric, _, ahead = name.rpartition("_")
            if ahead.isdecimal() and not name.startswith("copy_"):
                found = *(value[key] for key in ("value", "low", "high")), results[
                    f"copy_{name}"]["value"]
                writer.writerow((metric, ahead, *(
                    "" if number is None else f"{number:.4f}" for number in found)))


def score(model, context, next_frames):
    """Returns D's score of each pair, its mean logit over patches and scales, float `(n,)`.

    Args:
        model: `VideoPredictionGAN` with a discriminator.
        context: uint8 `(n, time, height, width, 3)`.
        next_frames: uint8 `(n, height, width, 3)`.
    """
    scores = []
    for i in range(0, len(context), _BATCH_SIZE):
        past, candidate = (image.to_float(frames[i:i + _BATCH_SIZE])
                           for frames in (context, next_frames))
        scales = pyramid(candidate, model.discriminator.num_scales)
        logits = model.discriminator(past, scales, training=False)
        scores.append(np.mean([np.mean(each, axis=(1, 2, 3)) for each in logits], axis=0))
    return np.concatenate(scores)


def auc(right, wrong):
    """Returns how often a score of `right` is above one of `wrong`, ties counted half, [0, 1]."""
    return scipy.stats.mannwhitneyu(right, wrong).statistic / (len(right) * len(wrong))


def _others(videos, num_frames, count, seed):
    """Returns other clips than those measured, int `(n, 2)`, n at most `count`."""
    found = videos.windows(num_frames, stride=num_frames)
    return found[others(len(found), count, seed)]


def _features(encoder, frames):
    """Returns unit-length features `(n, dim)` of uint8 frames, those of a clip in a row."""
    return image_features(encoder, frames.reshape(-1, *frames.shape[-3:]))
