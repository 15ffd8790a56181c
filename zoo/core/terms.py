"""Loss terms by their names: which there are, and which are on."""

from zoo.core import hparams
from zoo.errors import RequestError


def checked(weights, defaults, without_discriminator, has_discriminator):
    """Returns the weight of each loss term.

    Args:
        weights: `{term: number}`, or None for the defaults.
        defaults: `{term: number}`, of every term that the family has.
        without_discriminator: names of those that need no discriminator.
        has_discriminator: bool.

    Raises:
        RequestError: no such term (the nearest, or all, are named), or one that is on and needs
            the discriminator that is missing.
    """
    if weights is None:
        weights = {term: weight for term, weight in defaults.items()
                   if has_discriminator or term in without_discriminator}
    for term, weight in weights.items():
        if term not in defaults:
            raise RequestError(f"loss_weights: no term {term!r}.{hparams.nearest(term, defaults)}")
        if weight and not has_discriminator and term not in without_discriminator:
            others = (f", or keep to {', '.join(without_discriminator)}" if without_discriminator
                      else "; no term of this model does without")
            raise RequestError(
                f"loss_weights: {term} is on and there is no discriminator; give one{others}.")
    return dict(weights)


def check_generator(weights, defaults):
    """Raises `RequestError` where no term trains G."""
    names = [term for term in defaults if term.startswith("g_")]
    if not any(weights.get(term) for term in names):
        raise RequestError(f"loss_weights: no term of G is on; there are {', '.join(names)}.")
