"""What a run is told to do that asks a teacher: whom, how much, and for how much money.

A default marked [paper] is the paper's choice; [ours] fills what the paper leaves open.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scicot.words.configs import PAPER_TEACHER, Config
from scicot.words.records import Split

LessonKind = Literal["other_options", "option_shares"]


class AskingConfig(Config):
    """What all of them say: the teacher, how much it is asked, and what may be spent."""

    dataset: str
    teacher: str = PAPER_TEACHER  # [paper]
    limit: int | None = Field(default=None, ge=1)
    max_tokens: int = Field(default=256, ge=16, le=32_768)  # [ours] thinking counts too
    concurrency: int = Field(default=8, ge=1, le=256)
    budget_usd: float | None = Field(default=None, gt=0)
    maybe_paid: Literal["ask", "rebuy"] = "ask"


class GenerationConfig(AskingConfig):
    """Which questions a teacher is asked, and how."""

    split: Split = Split.TRAIN
    prompt_id: int | None = None  # None: the newest version of the paper's prompt
    question_ids: tuple[int, ...] | None = None
    # STaR: only what the teacher of this run, without the key, got wrong; pinned at the start
    only_wrong_of: int | None = None
    trial: bool = False  # tries a prompt: the texts are kept, but join no review queue
    samples: int = Field(default=1, ge=1, le=20)
    own_answer: bool = False  # also ask for the answer without the key, to compare with it
    temperature: float = Field(default=0.0, ge=0.0, le=2.0)  # [ours]
    batch: bool = False  # by the teacher's batch endpoint: half the price, within a day
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)


class FewShotConfig(AskingConfig):
    """An LLM answering a split from k examples (Table I's rows).

    A run that is started without a split reads validation, and test where there is no other.
    """

    split: Split = Split.TEST
    shots: int = Field(default=5, ge=0, le=5)  # [paper] k = 5
    chain_of_thought: bool = True
    samples: int = Field(default=1, ge=1, le=40)  # self-consistency: the majority of so many
    temperature: float = Field(default=0.0, ge=0.0, le=2.0)  # above 0 where there are samples
    second_call: bool = False  # Kojima et al. 2022: ask again, briefly, what cannot be read
    seed: int = 0
    # (question id, revision id of its rationale) of each example, pinned when the run starts
    examples: tuple[tuple[int, int | None], ...] | None = None


class JudgeConfig(AskingConfig):
    """A teacher that judges a dataset's rationales by one version of the rubric.

    `examples`: how many corrections of people it is shown, never of the question being judged;
    which ones is pinned when the run starts (`corrections`, ids of reviews).
    """

    rubric: int = 1
    examples: int = Field(default=0, ge=0, le=8)
    corrections: tuple[int, ...] = ()
    max_tokens: int = Field(default=512, ge=16, le=32_768)


class LessonConfig(AskingConfig):
    """Asking a teacher, of training questions, for what one method learns beside rationales.

    `other_options`: a rationale for another option than the key. `option_shares`: how likely each
    option is, from the probabilities of the letters.
    """

    kind: LessonKind
    prompt_id: int | None = None  # of a counterfactual's rationale; None: the default prompt
