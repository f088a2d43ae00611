"""Kojima et al.'s second call: an answer that cannot be read is asked for once more, briefly.

The model is shown the question, what it wrote itself, and "Therefore, among (A) to (D), the answer
is". With several samples it is asked only where none could be read, after the first sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scicot.pure.teacher.few_shot_prompts import second_call_messages
from scicot.services.teacher.job import Ask, Compose, TeacherJob
from scicot.words.records import StoredQuestion
from scicot.words.teaching import Message

SECOND = "second call"
SECOND_TOKENS = 32  # a label and the longest option's first words


def second_ask(first: Ask, outputs: Mapping[int, str]) -> Ask:
    """Return the ask for the answer alone, after what the model wrote, by question id."""
    return replace(
        first,
        call_settings=replace(
            first.call_settings, temperature=0.0, max_tokens=SECOND_TOKENS, phase=SECOND
        ),
        compose=_composer(first.compose, outputs),
        samples=1,
        temperature=0.0,
        max_tokens=SECOND_TOKENS,
    )


def second_job(job: TeacherJob, outputs: Mapping[int, str]) -> TeacherJob:
    """Return the job that asks for the answers alone."""
    return replace(job, asks=(second_ask(job.asks[0], outputs),))


def left_unread(
    questions: Sequence[StoredQuestion], outputs: Mapping[int, str]
) -> list[StoredQuestion]:
    """Return the questions that a second call is for."""
    return [question for question in questions if question.id in outputs]


def _composer(first: Compose, outputs: Mapping[int, str]) -> Compose:
    def compose(question: StoredQuestion) -> list[Message]:
        return second_call_messages(first(question), outputs[question.id], question)

    return compose
