"""The engine's number: what decides a stage's weights beside its settings and texts."""

from __future__ import annotations

# Raise it when the same job gives other weights than before:
# tests/adapters/students/test_engine.py notices.
# 1: batches by tokens (until the engine had a number, a hash of its sources stood here).
# 2: steps of equally many questions. No setting gives the weights of 1, so none of its stages is
#    taken for one of 2; runs that used them keep them and can be asked.
# 3: of an input that is too long the rationale loses its end before the question loses a word.
# 4: dropout is drawn for each batch from seed, step and batch, so that it is the same whichever
#    process works on it.
# 5: threads of one process have batches of their own, so that sums are split otherwise, and a
#    batch's dropout comes from a generator of its own.
# 6: on a GPU a gradient's sums have a fixed order; in bf16 a processor's attention multiplies whole
#    matrices.
# 7: the gradient is taken where the logits are, in slices, and added where it is kept, in bf16 too.
# 8: weights are selected by references cut to the limit of the rationales that a stage learns;
#    `strip_answer` takes the sentences that state the answer and leaves all else as it stands.
# Not raised for larger batches on a GPU, where nothing had been trained by 4.
ENGINE = 8


def engine_version() -> str:
    """Return the number under which stages are shared; one trained by another is not reused."""
    return str(ENGINE)
