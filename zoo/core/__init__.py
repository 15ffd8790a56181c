"""What every family shares: the adversarial model, runs, checkpoints, export. Knows no family."""
