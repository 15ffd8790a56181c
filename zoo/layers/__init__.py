"""Building blocks of networks: no losses, no data."""
