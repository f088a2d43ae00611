"""What an encoder made of its inputs: all that is asked for, or nothing."""

from __future__ import annotations

import torch

from scicot.adapters.students.asking.kept_inputs import KeptInputs


def test_inputs_are_found_together_and_those_without_room_are_not_kept() -> None:
    one, two = torch.ones(2, 4), torch.full((5, 4), 2.0)
    kept = KeptInputs(one.nbytes + 3 * 4 * 4)
    kept.keep([1, 2], one)
    kept.keep([3, 4, 5], two)
    found = kept.find([[3, 4, 5], [1, 2]])
    assert found is not None
    assert found[:, :, 0].tolist() == [[2, 2, 2], [1, 1, 0]]
    two.zero_()
    found = kept.find([[3, 4, 5]])
    assert found is not None
    assert (found == 2).all(), "it is a copy"
    kept.keep([6], one)
    assert kept.find([[1, 2], [6]]) is None
