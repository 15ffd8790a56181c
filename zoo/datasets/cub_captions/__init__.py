"""Caltech-UCSD Birds 200-2011 with the captions of Reed et al. 2016."""
