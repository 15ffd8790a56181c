"""Loss terms of a discriminator that says which went wrong, the realism or the match."""

from zoo.losses.adversarial import ADVERSARIAL_LOSSES


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
    """

    scores = ("realism", "match")

    def any_on(self, kind):
        return any(self.is_on(f"{kind}_{score}") for score in self.scores)

    def discriminator_terms(self, kind, logits, is_new_picture=True):
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
        logits = self.discriminator(self.augmented(batch, fake), text, training=training)
        loss = ADVERSARIAL_LOSSES[self.adversarial_loss].generator
        return {f"g_{score}": loss(logits[score]) for score in self.scores
                if self.is_on(f"g_{score}")}

    def generator_loss(self, logits):
        return sum(map(super().generator_loss, logits.values()))
