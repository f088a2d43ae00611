"""What a student cannot read is counted and shown; what it has no room for is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import StudentFolder, inspect_folder
from scicot.pure.methods.registry import make_config
from scicot.pure.methods.tasks import Task
from scicot.services.students.fitting import check_fits, count_tokens, note_cuts, show_as_read
from scicot.words.configs import TrainingConfig
from scicot.words.errors import StudentError
from scicot.words.records import Example
from tests.tiny_families import FAMILIES
from tests.tiny_students import build_wordy_t5, tiny_t5

__all__ = ["tiny_t5"]

PASSAGE = " ".join(f"On day {day} the plant grew." for day in range(200))
LONG = f"Question: {PASSAGE} Which plant grew most?\nOptions: (A) moon fact (B) river fact"
SET = "Question: Which set holds x?\nOptions: (A) {x | x < 2} (B) {x}"


def task(*inputs: str, target: str = "Answer: The answer is (A) moon") -> Task:
    return Task(tuple(Example(n, text, target) for n, text in enumerate(inputs)))


def config(**fields: object) -> TrainingConfig:
    return make_config(method="finetune", dataset="demo", **fields)


@pytest.fixture
def codec(tiny_t5: Path) -> Codec:
    return Codec.open(tiny_t5, inspect_folder("tiny", tiny_t5).family)


@pytest.mark.parametrize("limit", [80, 120, 512])
def test_a_long_passage_keeps_question_and_options(codec: Codec, limit: int) -> None:
    read = codec.read_input(LONG, limit)
    assert len(read.ids) == limit
    text = codec.decode(read.ids)
    assert text.startswith("Question: On day 0")
    assert text.endswith("Which plant grew most?\nOptions: (A) moon fact (B) river fact")
    shown = show_as_read(codec, LONG, limit)
    assert shown.replace(" […] ", "") == text.replace(" […] ", "")
    assert shown.count("[…]") == 1


def test_cuts_are_counted_and_options_among_them(codec: Codec) -> None:
    roomy = count_tokens(codec, [task(LONG, SET)], config(max_input_tokens=200))
    assert (roomy.cut_inputs, roomy.cut_options) == (1, 0)
    tight = count_tokens(codec, [task(LONG, SET)], config(max_input_tokens=12))
    assert (tight.cut_inputs, tight.cut_options) == (2, 2)
    assert "options are cut off in 2 of 2" in note_cuts("answer", 2, tight)[1]


def test_unknown_characters_are_counted_and_shown(tmp_path: Path) -> None:
    folder = build_wordy_t5(tmp_path / "wordy")
    codec = Codec.open(folder, inspect_folder("wordy", folder).family)
    counts = count_tokens(codec, [task(SET, "Question: moon?")], config())
    assert counts.unknown_tokens == 6
    assert counts.unknown_texts == 1
    shown = show_as_read(codec, SET, 512)
    assert shown.endswith("(A) ⟦{⟧x ⟦|⟧ x ⟦<⟧ 2⟦}⟧ (B) ⟦{⟧x⟦}⟧")
    assert "lacks characters at 6 places in 1 of 2" in note_cuts("answer", 2, counts)[0]


@pytest.fixture
def gpt2(tmp_path: Path) -> StudentFolder:
    return inspect_folder("gpt2", FAMILIES["gpt2"](tmp_path / "gpt2"))


def test_texts_longer_than_the_students_positions_are_refused(gpt2: StudentFolder) -> None:
    assert gpt2.positions == 256
    check_fits(gpt2, [task(SET)], config())
    with pytest.raises(StudentError, match="reads at most 256 tokens"):
        check_fits(gpt2, [task(LONG)], config())
    check_fits(gpt2, [task(LONG)], config(max_input_tokens=200))


def test_a_tokenizer_with_more_words_than_the_student_is_refused(gpt2: StudentFolder) -> None:
    with pytest.raises(StudentError, match="do not belong together"):
        check_fits(replace(gpt2, vocabulary=100), [task(SET)], config())


def test_a_written_text_stays_within_the_positions(tmp_path: Path) -> None:
    from scicot.adapters.students.asking.convert import convert_student
    from scicot.adapters.students.asking.fast import FastStudent
    from scicot.adapters.students.asking.torch_student import TorchStudent

    folder = FAMILIES["gpt2"](tmp_path / "gpt2")
    family = inspect_folder("gpt2", folder).family
    assert convert_student(folder, tmp_path / "ct2", family) is None
    fast = FastStudent.open(tmp_path / "ct2", threads=1)
    slow = TorchStudent.open(folder, family, threads=1)
    assert fast.generate([LONG], 300) == slow.generate([LONG], 300)
