"""Error attribution: what the answers under other rationales say; asking.py asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import RunRow
from scicot.pure.evaluation.attribution import (
    AskedAgain,
    Fault,
    Flips,
    count_flips,
    find_fault,
    say_control,
)
from scicot.pure.evaluation.fault_words import FaultWords, name_faults
from scicot.pure.evaluation.followed import Followed
from scicot.pure.methods.registry import usual_plan
from scicot.pure.predictions.metrics import Score, score_outcomes
from scicot.services.evaluation.baselines import load_same_place
from scicot.services.evaluation.cells import find_cell
from scicot.services.evaluation.followed import load_followed
from scicot.services.evaluation.seed_answers import list_groups
from scicot.services.predictions.store import list_outcomes
from scicot.words.configs import AttributionConfig
from scicot.words.records import (
    Outcome,
    RunKind,
    RunStatus,
    Variant,
)
from scicot.words.runs import RunView

OTHERS = (Variant.OTHER_RATIONALE, Variant.OTHER_RATIONALE_2, Variant.OTHER_RATIONALE_3)


@dataclass(frozen=True, slots=True)
class Attribution:
    """A run's errors by fault, and how it answers under each variant.

    `variants` holds the scores that there are, each over the questions that it was asked, and
    `own` how the run answers those same questions with the rationales that it wrote;
    `references` says whose rationales were tried as the good ones, and by which run. `flips` is
    the control: what the reference changes beyond another question's rationale; `flips_masked` the
    same with the answer taken out of it. `followed` sets what
    its own rationales argue for against the answers, and `same_place` is what always the best place
    would give on the questions of each variant.
    """

    questions: int
    faults: Mapping[Fault, Sequence[int]]
    variants: Mapping[Variant, Score]
    own: Mapping[Variant, Score]
    references: Sequence[tuple[int, str]] = ()
    flips: Flips | None = None
    flips_masked: Flips | None = None
    followed: Followed = field(default_factory=Followed)
    same_place: Mapping[Variant, float] = field(default_factory=dict)

    @property
    def errors(self) -> int:
        """How many answers are not correct."""
        return sum(len(ids) for ids in self.faults.values())

    @property
    def told_apart(self) -> int:
        """How many errors a reference laid to the rationale or to the answering."""
        return len(self.faults[Fault.RATIONALE]) + len(self.faults[Fault.ANSWERING])

    @property
    def tells_blame(self) -> bool:
        """True where the control lets a fault be the rationale's or the answering's."""
        return self.flips is not None and self.flips.tells_blame

    @property
    def words(self) -> Mapping[Fault, FaultWords]:
        """What each group of errors is called, and what is in it."""
        return name_faults(tells_blame=self.tells_blame)

    @property
    def was_run(self) -> bool:
        """True when the variants were asked."""
        return Variant.NO_RATIONALE in self.variants


def is_two_stage(run: RunView) -> bool:
    """Return whether the run's student answers from a rationale that another stage wrote."""
    plan = usual_plan(run.method) if run.kind is RunKind.TRAIN else None
    return plan is not None and plan.answers.reads_rationale


def attribute_errors(session: Session, run_id: int) -> Attribution:
    """Return a run's errors sorted by fault, from the variants that were asked."""
    outcomes = load_variants(session, run_id)
    groups = list_groups(session, [run_id])
    main = outcomes[Variant.MAIN]
    bare, reference = outcomes[Variant.NO_RATIONALE], outcomes[Variant.TEACHER_RATIONALE]
    faults: dict[Fault, list[int]] = {fault: [] for fault in Fault}
    for question_id, outcome in sorted(main.items()):
        if outcome is Outcome.UNSCORED:
            continue
        fault = find_fault(
            outcome, bare=bare.get(question_id), reference=reference.get(question_id)
        )
        if fault is not None:
            faults[fault].append(question_id)
    return Attribution(
        questions=len(main),
        faults=faults,
        variants={key: score_outcomes(of.values()) for key, of in outcomes.items() if of},
        own={
            variant: score_outcomes(main[key] for key in of if key in main)
            for variant, of in outcomes.items()
            if of
        },
        references=_list_references(session, run_id),
        flips=count_flips([asked_again(outcomes)], groups),
        flips_masked=count_flips([asked_again(outcomes, Variant.MASKED_REFERENCE)], groups),
        followed=load_followed(session, run_id),
        same_place=load_same_place(session, run_id),
    )


def asked_again(
    outcomes: Mapping[Variant, Mapping[int, Outcome]],
    reference: Variant = Variant.TEACHER_RATIONALE,
) -> AskedAgain:
    """Return how a run's answers come out with a reference and with other questions' rationales."""
    others = [outcomes[variant] for variant in OTHERS]
    return AskedAgain(outcomes[Variant.MAIN], outcomes[reference], others)


def load_variants(session: Session, run_id: int) -> dict[Variant, dict[int, Outcome]]:
    """Return the outcomes of a run under each variant, by question; none where it was not asked."""
    return {variant: list_outcomes(session, run_id, variant) for variant in Variant}


@dataclass(frozen=True, slots=True)
class SeedFlips:
    """The control over the runs of a cell that were asked again with the same kind of reference."""

    runs: Sequence[int]
    flips: Flips
    flips_masked: Flips | None

    @property
    def sentences(self) -> list[str]:
        """What the control says over all of these runs, in words."""
        return say_control(self.flips, self.flips_masked)


def attribute_seeds(session: Session, run: RunView) -> SeedFlips | None:
    """Return the control over a run's seeds; None where fewer than two were asked with references.

    Only seeds whose references are of the run's own kind are taken together with it.
    """
    kind = _kind_of_reference(session, run.id)
    if kind is None:
        return None
    cell = [one.id for one in find_cell(session, run)]
    asked = [run_id for run_id in cell if _kind_of_reference(session, run_id) == kind]
    if len(asked) < 2 or run.id not in asked:
        return None
    loaded = [load_variants(session, run_id) for run_id in asked]
    groups = list_groups(session, asked)
    flips = count_flips([asked_again(outcomes) for outcomes in loaded], groups)
    if flips is None or flips.gain is None:
        return None
    masked = [asked_again(outcomes, Variant.MASKED_REFERENCE) for outcomes in loaded]
    return SeedFlips(asked, flips, count_flips(masked, groups))


def _kind_of_reference(session: Session, run_id: int) -> str | None:
    """Return whose rationales a run was last asked again with; None where it was not."""
    references = _list_references(session, run_id)
    return references[-1][1] if references else None


def _list_references(session: Session, run_id: int) -> list[tuple[int, str]]:
    """Return the runs that asked this one again with reference rationales, and whose; in order."""
    asked = session.execute(
        select(RunRow.id, RunRow.config)
        .where(RunRow.kind == RunKind.ATTRIBUTE, RunRow.status == RunStatus.DONE)
        .order_by(RunRow.id)
    )
    known = [(asking, AttributionConfig.checked(**config)) for asking, config in asked]
    return [
        (asking, config.reference)
        for asking, config in known
        if config.run == run_id and config.reference
    ]
