"""Loss terms of a discriminator that says which went wrong, the realism or the match."""

from zoo.errors import RequestError
from zoo.losses.adversarial import ADVERSARIAL_LOSSES


def share_out(d_real, d_fake, d_mismatched, g_adversarial):
    """Returns the weights of two scores that together weigh as much as one joint score.

    Three demands leave one answer. Each kind of pair has the weight that it has with one score,
    over both scores together; so has G. Each score sees right and wrong answers in the ratio of
    the joint one, d_real : d_fake + d_mismatched (1 : 1 in Reed et al. 2016). And what a generated
    pair weighs, for D and for G, is halved between the scores. It follows that a wrong pair is
    asked for its match alone: it holds a real picture, and realism sees one in the right pair.

    With 1, 0.5, 0.5 and 1 realism weighs 0.25 on real and 0.25 on generated pictures; the match
    0.75 on right pairs, and on wrong ones 0.25 generated and 0.5 mismatched; each score 0.5 in G.

    Args:
        d_real, d_fake, d_mismatched, g_adversarial: weights with one score, from 0 on.

    Returns:
        `{term of TwoScores: float}`, `d_mismatched_realism` not among them.
    """
    wrong = d_fake + d_mismatched
    of_realism = d_real * (0.5 * d_fake / wrong if wrong else 0.5)
    return {"d_real_realism": of_realism, "d_real_match": d_real - of_realism,
            "d_fake_realism": 0.5 * d_fake, "d_fake_match": 0.5 * d_fake,
            "d_mismatched_match": d_mismatched,
            "g_realism": 0.5 * g_adversarial, "g_match": 0.5 * g_adversarial}


class TwoScores:
    """One score for "real?", one for "does it match?"; to be mixed into a `CaptionedGAN`.

    Each pair has a term a score: `d_real_realism`, `d_real_match`, `d_fake_realism`,
    `d_fake_match`, `d_mismatched_realism`, `d_mismatched_match`, `g_realism` and `g_match`. The
    labels are those of StackGAN++ (Zhang et al. 2018, section 3.2): a real picture with a wrong
    text is *real* for the first score and *wrong* for the second. Where the wrong pair is made by
    exchanging the caption its picture is that of the right pair, whose realism is judged already,
    and there is no `d_mismatched_realism`.

    Attributes:
        scores: names of D's scores; those of realism begin with "realism".

    Raises:
        RequestError: a loss that compares pairs; a real picture with a wrong text is right and
            wrong at once here.
    """

    scores = ("realism", "match")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if ADVERSARIAL_LOSSES[self.adversarial_loss].pair:
            raise RequestError(f"adversarial_loss={self.adversarial_loss} compares pairs by one "
                               "score; this discriminator has two.")

    def any_on(self, kind):
        return any(self.is_on(f"{kind}_{score}") for score in self.scores)

    def discriminator_terms(self, kind, logits, right, is_new_picture=True):
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss]
        of_realism = loss.fake if kind == "d_fake" else loss.real
        of_match = loss.real if kind == "d_real" else loss.fake
        terms = {}
        for score in self.scores:
            is_realism = score.startswith("realism")
            if self.is_on(f"{kind}_{score}") and (is_new_picture or not is_realism):
                of_score = of_realism if is_realism else of_match
                terms[f"{kind}_{score}"] = of_score(logits[score])
        return terms

    def adversarial_terms(self, batch, fake, text, training):
        if not self.any_on("g"):
            return {}
        logits = self.discriminator(self.judged(batch, fake), text, training=training)
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss].generator
        return {f"g_{score}": loss(logits[score]) for score in self.scores
                if self.is_on(f"g_{score}")}

    def generator_loss(self, logits):
        return sum(map(super().generator_loss, logits.values())) / len(logits)
