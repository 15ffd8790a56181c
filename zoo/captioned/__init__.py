"""What the families that draw pictures from captions share."""
