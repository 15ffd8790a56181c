"""Family: learning to match captions with pictures, for text encoders and for evaluation."""

from zoo.text_image_matching.model import TextImageMatcher

__all__ = ["TextImageMatcher"]
