"""Options that nearly read alike: an output means the one it writes, or none."""

import pytest

from scicot.pure.predictions.llm_parsing import read_llm_output
from scicot.pure.predictions.parsing import read_output
from tests.builders import make_question

# (the options by blanks), what an output says, the place of the option it means
MEANT = [
    ("10_°C -10_°C", "−10 °C", 1),
    (".5 5", "5", 1),
    (".5 50", "5", None),
    ("n! 2n", "n", None),
    ("5! 120", "5!", 0),
    ("5! 120", "5", None),
    ("10^3 10^2", "10³", 0),
    ("10³ 10²", "10^{3}", 0),
    ("½ ¼", "1/2", 0),
    ("x² x2", "x2", 1),
    ("Na Na⁺ Na⁻", "Na+", 1),
    ("Fe2+ Fe3+", "Fe³⁺", 1),
    ("5cm 5m", "5 m", 1),
    ("1.000 1,000", "1,000", 1),
    ("mg Mg", "MG", None),
    ("naïve naive", "naive", 1),
    ("+1 -1 1", "1", 2),
    ("C C++", "C++", 1),
    ("2*3 23", "2*3", 0),
    ("x_1 x1", "x1", 1),
    ("ﬁsh cat", "fish", 0),
]


@pytest.mark.parametrize(("options", "said", "place"), MEANT)
@pytest.mark.parametrize("form", ["The answer is {}.", "Answer: {}", "The answer is **{}**."])
@pytest.mark.parametrize("read", [read_output, read_llm_output])
def test_an_output_means_the_option_that_it_writes(
    read: object, form: str, options: str, said: str, place: int | None
) -> None:
    texts = [text.replace("_°", " °") for text in options.split()]
    question = make_question(choices=list(zip("PQRS", texts, strict=False)), answer_key="P")
    label = read(form.format(said), question).label  # type: ignore[operator]
    assert label == (None if place is None else "PQRS"[place])
