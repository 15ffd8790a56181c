from tests import kill_and_resume


def test_killed_and_resumed_run_equals_one_run(tmp_path, openmoji_dir):
    compared = kill_and_resume.check(tmp_path, "text_encoder_openmoji64", openmoji_dir, kills=1, seed=3)
    assert compared > 50  # Weights, averages, slots and the step.
