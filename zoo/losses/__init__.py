"""Loss terms as pure functions of logits or pictures."""
