"""Reading examples: data set builders, one deterministic pipeline, text and picture operations."""
