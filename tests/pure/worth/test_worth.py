import math

import numpy as np
import pytest

from scicot.pure.worth.auc import measure_auc
from scicot.pure.worth.broken import mask_key, shuffle_sentences
from scicot.pure.worth.measure import measure_worth
from scicot.pure.worth.rejection import predict_unseen
from scicot.words.records import Choice, Question
from scicot.words.worth import Worth


def test_help_and_leak_are_what_the_keys_share_gains() -> None:
    found = measure_worth(
        "B",
        bare={"A": -1.0, "B": -2.0},
        helped={"A": -3.0, "B": -1.0},
        alone={"A": -5.0, "B": -5.0},
        nothing={"A": -7.0, "B": -7.0},
    )
    bare = math.exp(-2) / (math.exp(-1) + math.exp(-2))
    helped = math.exp(-1) / (math.exp(-1) + math.exp(-3))
    assert found.help == pytest.approx(math.log(helped / bare))
    assert found.leak == pytest.approx(0)
    assert (found.before, found.after) == ("A", "B")


def test_a_reviewer_reads_it_in_words() -> None:
    moved = Worth(help=math.log(3), leak=1.0, before="C", after="B", alone="B")
    assert moved.say("B") == (
        "moves the answer from (C) to the key, the key 3.0 times as likely; gives the key away "
        "without the question"
    )
    spoilt = Worth(help=math.log(0.5), leak=0.1, before="B", after="C", alone="B")
    assert spoilt.say("B") == "moves the answer from the key to (C), the key 0.5 times as likely"
    kept = Worth(help=0.0, leak=0.0, before="B", after="B", alone="A")
    assert kept.say("B").startswith("leaves the answer at the key")


def test_auc_is_the_share_of_pairs_in_order() -> None:
    found = measure_auc([3, 1, 2, 0], [True, True, False, False])
    assert found is not None
    assert found.value == 3 / 4
    assert (found.rejected, found.approved) == (2, 2)
    assert measure_auc([1, 1], [True, False]) is not None
    assert measure_auc([1, 2], [True, True]) is None


def test_delongs_interval_is_as_wide_as_repeated_samples_spread() -> None:
    chance = np.random.default_rng(5)
    values, widths = [], []
    for _ in range(200):
        rejected = chance.normal(1, 1, size=40)
        approved = chance.normal(0, 1, size=60)
        found = measure_auc([*rejected, *approved], [True] * 40 + [False] * 60)
        assert found is not None
        values.append(found.value)
        widths.append((found.interval.high - found.interval.low) / 2)
    assert np.mean(widths) == pytest.approx(1.96 * np.std(values), rel=0.15)


def test_signs_together_tell_what_each_alone_tells_worse() -> None:
    chance = np.random.default_rng(6)
    features = chance.normal(size=(300, 2))
    rejected = [bool(row.sum() + chance.normal() > 0.5) for row in features]
    together = predict_unseen(features.tolist(), rejected)
    assert together is not None
    best = measure_auc(together, rejected)
    alone = measure_auc(features[:, 0].tolist(), rejected)
    assert best is not None
    assert alone is not None
    assert best.value > alone.value + 0.05
    assert predict_unseen([[1.0]] * 20, [True] * 20) is None


def test_a_broken_rationale_lacks_one_thing() -> None:
    choices = (Choice("A", "an ice cube"), Choice("B", "warm water"))
    question = Question("q1", "What melts?", choices, "A")
    text = "Ice is cold. A cube of ice melts. It becomes water."
    assert mask_key(text, question) == "___ is cold. A ___ of ___ melts. It becomes water."
    assert mask_key("Snow melts.", question) is None
    shuffled = shuffle_sentences(text)
    assert shuffled is not None
    assert shuffled != text
    assert sorted(shuffled.split()) == sorted(text.split())
    assert shuffle_sentences("One sentence alone.") is None
