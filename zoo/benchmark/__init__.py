"""How fast a config trains and serves on this machine, and whether another is faster."""
