"""What of a run's texts a student can read: lengths, cuts, unknown characters. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import StudentFolder
from scicot.pure.methods.tasks import Task
from scicot.words.configs import TrainingConfig
from scicot.words.errors import StudentError
from scicot.words.records import Family

CUT = " […] "
SHOWN = 60  # characters around the first that the vocabulary lacks


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """How long the texts are for this student, and what of them it will not see.

    `cut_options`: inputs too long even without their passage, so that their end is cut.
    `unknown_tokens`: places where the vocabulary lacks a character; `unknown_example` shows one.
    """

    longest_input: int
    longest_target: int
    cut_inputs: int
    cut_targets: int
    cut_options: int = 0
    unknown_tokens: int = 0
    unknown_texts: int = 0
    unknown_example: str | None = None


def count_tokens(codec: Codec, tasks: Sequence[Task], config: TrainingConfig) -> TokenCounts:
    """Return the counts of all inputs and targets of a stage."""
    longest_input = longest_target = cut_inputs = cut_targets = cut_options = 0
    unknown_tokens = unknown_texts = 0
    shown = None
    for example in (example for task in tasks for example in task.examples):
        whole = codec.read_input(example.input)
        target = codec.read_target(example.target)
        longest_input = max(longest_input, len(whole.ids))
        longest_target = max(longest_target, len(target.ids))
        most = config.max_target_tokens
        cut_targets += most is not None and len(target.ids) > most
        if len(whole.ids) > config.max_input_tokens:
            cut_inputs += 1
            lost = codec.read_input(example.input, config.max_input_tokens).lost
            cut_options += any(end == len(example.input) for _, end in lost)
        unknown = len(whole.unknown) + len(target.unknown)
        unknown_tokens += unknown
        unknown_texts += unknown > 0
        if shown is None and unknown:
            where = (
                (example.input, whole.unknown)
                if whole.unknown
                else (example.target, target.unknown)
            )
            shown = _surrounding(*where)
    return TokenCounts(
        longest_input=longest_input,
        longest_target=longest_target,
        cut_inputs=cut_inputs,
        cut_targets=cut_targets,
        cut_options=cut_options,
        unknown_tokens=unknown_tokens,
        unknown_texts=unknown_texts,
        unknown_example=shown,
    )


def show_as_read(codec: Codec, text: str, limit: int) -> str:
    """Return an input with cuts as […] and characters that the student cannot read as ⟦{⟧."""
    read = codec.read_input(text, limit)
    marks = [(start, end, CUT) for start, end in read.lost]
    marks += [
        (start, end, f"⟦{text[start:end]}⟧")
        for start, end in read.unknown
        if not any(first <= start < last for first, last in read.lost)
    ]
    return _marked(text, marks)


def note_cuts(role: str, examples: int, counts: TokenCounts) -> list[str]:
    """Return what a person should know about a stage's texts before it starts."""
    notes = []
    if counts.cut_inputs or counts.cut_targets:
        notes.append(
            f"Stage {role}: {counts.cut_inputs} inputs and {counts.cut_targets} targets of "
            f"{examples} are longer than the limits and are cut; a passage loses its own words "
            "first. Raise max_input_tokens, max_rationale_tokens or max_target_tokens to keep them."
        )
    if counts.cut_options:
        notes.append(
            f"Stage {role}: options are cut off in {counts.cut_options} of {examples} inputs: they "
            "are too long without any passage. Raise max_input_tokens."
        )
    if counts.unknown_tokens:
        notes.append(
            f"Stage {role}: the student's vocabulary lacks characters at {counts.unknown_tokens} "
            f"places in {counts.unknown_texts} of {examples} examples (marked ⟦ ⟧: "
            f"{counts.unknown_example}). It will not see them; reword them or choose another "
            "student."
        )
    return notes


def check_fits(student: StudentFolder, tasks: Sequence[Task], config: TrainingConfig) -> None:
    """Raise StudentError when the student has fewer words or places than the texts need."""
    codec = Codec.open(student.path, student.family)
    words = codec.tokenizer.get_vocab_size(with_added_tokens=False)
    special = codec.special
    largest = max(words - 1, special.eos, special.pad, special.start or 0)
    if student.vocabulary is not None and largest >= student.vocabulary:
        raise StudentError(
            f"Student '{student.name}' knows {student.vocabulary:,} words and its tokenizer has "
            f"{largest + 1:,}: config.json and tokenizer.json do not belong together. Take both "
            "from the same model."
        )
    if student.positions is None:
        return
    needed = max(
        (_places(codec, task, config) for task in tasks if task.examples),
        default=0,
    )
    if needed > student.positions:
        raise StudentError(
            f"Student '{student.name}' reads at most {student.positions:,} tokens at once and the "
            f"longest text has {needed:,}. Lower max_input_tokens (now {config.max_input_tokens}) "
            "or max_rationale_tokens, or choose a larger student."
        )


def _places(codec: Codec, task: Task, config: TrainingConfig) -> int:
    """Return the most tokens that stand in one sequence."""
    lengths = [
        (
            len(codec.encode_input(example.input, config.max_input_tokens)),
            len(codec.encode_target(example.target, config.max_target_tokens)),
        )
        for example in task.examples
    ]
    together = sum if codec.special.family is Family.CAUSAL else max
    return max(together(pair) for pair in lengths)


def _surrounding(text: str, spans: Sequence[tuple[int, int]]) -> str:
    start = max(0, spans[0][0] - SHOWN // 2)
    end = start + SHOWN
    marks = [
        (first - start, last - start, f"⟦{text[first:last]}⟧")
        for first, last in spans
        if last <= end
    ]
    return _marked(text[start:end], marks).replace("\n", " ")


def _marked(text: str, marks: Sequence[tuple[int, int, str]]) -> str:
    pieces, place = [], 0
    for start, end, shown in sorted(marks):
        pieces += [text[place:start], shown]
        place = end
    return "".join([*pieces, text[place:]])
