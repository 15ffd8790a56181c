"""Oxford 102 Category Flowers with the captions of Reed et al. 2016."""
