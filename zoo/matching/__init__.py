"""What the families that learn to match two views of an example share."""
