"""Family: learning to match windows of sources with those of their targets, for evaluation."""

from zoo.image_pair_matching.model import ImagePairMatcher

__all__ = ["ImagePairMatcher"]
