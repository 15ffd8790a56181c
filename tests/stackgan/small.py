"""Settings of StackGANs that take milliseconds a step."""

from zoo.core.settings import Settings

STAGE_ONE = {"image_size": "16", "generator_channels": "8,6", "discriminator_channels": "6,8",
             "latent_dim": "4", "condition_dim": "6", "text_encoder_steps": "2"}
STAGE_TWO = {
    "image_size": "32", "stage_one_size": "16", "encoder_channels": "6,8",
    "num_residual_blocks": "1", "upsampling_channels": "8,6", "discriminator_channels": "6,8,8",
    "discriminator_reduction_channels": "", "condition_dim": "6", "text_encoder_steps": "2"}
FIRST = {"stage_one_generator_channels": "8,6", "stage_one_discriminator_channels": "6,8",
         "stage_one_batch_size": "8", "stage_one_steps": "2", "latent_dim": "4",
         "generator_batch": "shared", "g_l1_weight": "2", "stage_one_g_l2_weight": "3"}


def settings(data_dir, workdir, model, hparams, **changes):
    """Settings of a run of a few steps on the small data set."""
    return Settings(**{
        "model": model, "data_dir": str(data_dir), "batch_size": 8, "workdir": str(workdir),
        "num_steps": 2, "log_every": 1, "sample_every": 0, "checkpoint_every": 1,
        "hparams": hparams} | changes)
