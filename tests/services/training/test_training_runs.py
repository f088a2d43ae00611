"""What a training run may see, what it shares, and how it stops and goes on."""

import errno
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from db.models import QuestionRow, RunStageRow, StageRow
from db.session import get_engine, write
from scicot.adapters.students.stages.checkpoints import save_checkpoint
from scicot.adapters.students.training import trainer
from scicot.adapters.students.training.job import StepReport
from scicot.cli.handlers import HANDLERS
from scicot.pure.evaluation.between_stages import read_between
from scicot.pure.training.fractions import split_folds
from scicot.services.predictions.store import list_predictions
from scicot.services.runs.context import RunContext
from scicot.services.runs.parts import list_parts
from scicot.services.runs.runs import get_run
from scicot.services.runs.steering import request_cancel, resume_run
from scicot.services.runs.worker import run_worker
from scicot.services.students.answers import write_rationales
from scicot.services.students.stage_training import ensure_stage
from scicot.services.students.stages import StagePlan
from scicot.services.students.watcher import RunWatcher
from scicot.services.training.data import read_training_data
from scicot.services.training.methods import plan_known_stages
from scicot.services.training.training import start_training
from scicot.words.errors import InvalidConfig, NotFound, StudentError
from scicot.words.records import Actor, RationaleStatus, RunStatus, Split, StoredQuestion
from scicot.words.runs import RunView
from scicot.words.settings import Settings, get_settings
from tests.builders import store_rationale
from tests.services.training_line import Questions, prepare, teacher_text, tiny_config, train
from tests.tiny_students import build_tiny_t5, tiny_t5

__all__ = ["tiny_t5"]


@pytest.fixture
def questions(session: Session, tmp_path: Path) -> Questions:
    return prepare(session, tmp_path / "files")


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[StagePlan]:
    """The plans of the stages that runs ask for, in order."""
    from scicot.services.training import methods as method_stages

    seen: list[StagePlan] = []
    original = ensure_stage

    def remember(watcher: RunWatcher, plan: StagePlan, *others: Any) -> Any:
        seen.append(plan)
        return original(watcher, plan, *others)

    monkeypatch.setattr(method_stages, "ensure_stage", remember)
    return seen


def inputs_of(plan: StagePlan) -> str:
    return "\n".join(one.input for task in plan.tasks for one in task.examples)


def texts_of(plan: StagePlan) -> str:
    return "\n".join(one.input + one.target for task in plan.tasks for one in task.examples)


def stages_of(run: RunView) -> dict[str, dict[str, Any]]:
    stages: Any = run.result["stages"]
    return dict(stages)


def test_stage_2_reads_what_the_stage_1_student_wrote_and_nothing_of_the_teacher(
    session: Session,
    settings: Settings,
    questions: Questions,
    plans: list[StagePlan],
    tiny_t5: Path,
) -> None:
    train(session, settings, tiny_config("sci_cot", tiny_t5))
    first, second = plans
    assert all(teacher_text(one) in texts_of(first) for one in questions[Split.TRAIN])
    assert "says teacher" not in texts_of(second)
    assert inputs_of(second).count("Rationale:") > 0


def test_teacher_rationales_reach_stage_2_only_when_asked(
    session: Session,
    settings: Settings,
    questions: Questions,
    plans: list[StagePlan],
    tiny_t5: Path,
) -> None:
    train(session, settings, tiny_config("sci_cot", tiny_t5, stage2_rationales="teacher"))
    assert all(teacher_text(one) in inputs_of(plans[1]) for one in questions[Split.TRAIN])


def test_cross_fit_lets_no_student_write_for_a_question_it_has_seen(
    session: Session,
    settings: Settings,
    questions: Questions,
    plans: list[StagePlan],
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from scicot.services.training import methods as method_stages

    wrote: list[tuple[str, set[int]]] = []
    original = write_rationales

    def remember(
        answering: Any, stage: Any, asked: Sequence[StoredQuestion], task: Any
    ) -> dict[int, str]:
        wrote.append((stage.role, {one.id for one in asked}))
        return original(answering, stage, asked, task)

    monkeypatch.setattr(method_stages, "write_rationales", remember)
    run = train(
        session, settings, tiny_config("sci_cot", tiny_t5, stage2_rationales="cross_fit", folds=3)
    )
    trained = {
        plan.role: {one.question_id for one in plan.tasks[0].examples}
        for plan in plans
        if plan.role.startswith("fold")
    }
    assert set(stages_of(run)) == {"rationale", "fold_0", "fold_1", "fold_2", "answer"}
    assert all(not (seen & trained[role]) for role, seen in wrote)
    everyone = {one.id for one in questions[Split.TRAIN]}
    assert set().union(*(seen for _, seen in wrote)) == everyone
    assert [len(fold) for fold in split_folds(questions[Split.TRAIN], 3, 0)] == [3, 3, 2]


def test_stage_2_may_start_from_stage_1(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    base = train(session, settings, tiny_config("sci_cot", tiny_t5))
    init = train(session, settings, tiny_config("sci_cot", tiny_t5, stage2_init="stage1"))
    assert stages_of(init)["rationale"]["reused"]
    assert stages_of(init)["answer"]["hash"] != stages_of(base)["answer"]["hash"]


def test_a_stage_is_trained_once_and_costs_nothing_the_second_time(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    first = train(session, settings, tiny_config("sci_cot", tiny_t5))
    again = train(session, settings, tiny_config("sci_cot", tiny_t5))
    assert not any(stage["reused"] for stage in stages_of(first).values())
    assert all(stage["reused"] and stage["seconds"] == 0.0 for stage in stages_of(again).values())
    assert list_predictions(session, first.id) == list_predictions(session, again.id)
    assert len(list(session.scalars(select(StageRow)))) == 2
    uses = session.scalars(select(RunStageRow).where(RunStageRow.run_id == again.id))
    assert {(use.role, use.reused) for use in uses} == {("rationale", True), ("answer", True)}


def test_changed_rationales_make_another_stage_1_and_the_same_fine_tuning(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    plain = train(session, settings, tiny_config("finetune", tiny_t5, snapshot=None))
    with_snapshot = train(session, settings, tiny_config("finetune", tiny_t5))
    assert stages_of(with_snapshot)["answer"]["hash"] == stages_of(plain)["answer"]["hash"]
    assert stages_of(with_snapshot)["answer"]["reused"]


def test_training_never_reads_the_test_split(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    read: list[tuple[str, bool]] = []
    trained: list[bool] = []
    engine = get_engine(settings.resolved_database_url)

    def watch(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        # what stands in both splits is told by hashes alone
        if "question.stem" in statement:
            read.append((str(values), bool(trained)))

    for question in questions[Split.VALIDATION]:
        store_rationale(session, question, "It follows.", status=RationaleStatus.ACCEPTED)
    config = tiny_config("sci_cot", tiny_t5, selection="validation")
    run_id = start_training(session, get_settings(), Actor("Ada"), config)
    original = trainer.StageTrainer.train

    def train_and_note(self: Any, watcher: Any) -> Any:
        state = original(self, watcher)
        if "says teacher" not in str(self.job.tasks):  # stage 2, the last one
            trained.append(True)
        return state

    event.listen(engine, "before_cursor_execute", watch)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(trainer.StageTrainer, "train", train_and_note)
            assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    finally:
        event.remove(engine, "before_cursor_execute", watch)
    assert any("train" in values for values, _ in read)
    assert [after for values, after in read if "'test'" in values] == [True]


def test_weights_are_selected_in_all_stages_or_in_none(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    config = tiny_config(
        "sci_cot", tiny_t5, selection="validation", stage2_rationales="cross_fit", folds=2, epochs=1
    )
    with pytest.raises(InvalidConfig, match="has an approved rationale to compare with"):
        read_training_data(session, config)
    for question in questions[Split.VALIDATION]:
        store_rationale(session, question, "It follows.", status=RationaleStatus.ACCEPTED)
    for plan in plan_known_stages(config, read_training_data(session, config)):
        assert plan.validation is not None
        assert plan.validation.task is not None
        targets = {example.target for example in plan.validation.task.examples}
        assert targets == {"Rationale: It follows."}
        assert not plan.validation.choosing
    stages = stages_of(train(session, settings, config))
    assert set(stages) == {"rationale", "fold_0", "fold_1", "answer"}
    for role, stage in stages.items():
        assert stage["validation_loss"] is not None
        assert (stage["validation_accuracy"] is not None) == (role == "answer")


def test_one_stage_is_selected_by_what_it_chooses_after_its_own_rationale(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    config = tiny_config("one_stage", tiny_t5, selection="validation", epochs=1)
    (plan,) = plan_known_stages(config, read_training_data(session, config))
    assert plan.validation is not None
    assert plan.validation.writes
    assert len(plan.validation.choosing) == len(questions[Split.VALIDATION])
    stage = stages_of(train(session, settings, config))["one_stage"]
    assert 0 <= stage["validation_accuracy"] <= 1
    assert stage["validation_loss"] is None  # no validation question has an approved rationale


def test_other_test_questions_change_no_weight(
    session: Session, settings: Settings, questions: Questions, tiny_t5: Path
) -> None:
    before = train(session, settings, tiny_config("one_stage", tiny_t5))
    with write(session):
        for row in session.scalars(select(QuestionRow).where(QuestionRow.split == Split.TEST)):
            row.stem, row.answer_key = "Which one is else?", row.choices[0]["label"]
    after = train(session, settings, tiny_config("one_stage", tiny_t5))
    assert stages_of(after)["one_stage"]["hash"] == stages_of(before)["one_stage"]["hash"]


def test_a_cancelled_run_goes_on_from_its_checkpoint(
    session: Session,
    settings: Settings,
    questions: Questions,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = tiny_config("finetune", tiny_t5, steps=8, checkpoint_every=2)
    run_id = start_training(session, get_settings(), Actor("Ada"), config)
    original = RunWatcher.step

    def cancel_at_5(self: RunWatcher, report: StepReport) -> None:
        if report.step == 5:
            with self.context.session() as inner:
                request_cancel(inner, Actor("Ada"), run_id)
            self.context.cancel_event.set()
        original(self, report)

    with monkeypatch.context() as patch:
        patch.setattr(RunWatcher, "step", cancel_at_5)
        assert run_worker(run_id, settings, HANDLERS) is RunStatus.CANCELLED
    said: list[str] = []
    resume_run(session, Actor("Ada"), run_id)
    original_say = RunWatcher.say

    def say(self: RunWatcher, text: str) -> None:
        said.append(text)
        original_say(self, text)

    monkeypatch.setattr(RunWatcher, "say", say)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    assert "Going on from the checkpoint of step 4." in said
    assert not (settings.artifacts_folder / "work" / f"run-{run_id}").exists()
    session.rollback()  # what the worker wrote since
    assert get_run(session, run_id).result["metrics"]["questions"] == 4  # type: ignore[index]


def test_a_run_taken_up_again_says_what_its_parts_cost_in_both_attempts(
    session: Session,
    settings: Settings,
    questions: Questions,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_id = start_training(session, get_settings(), Actor("Ada"), tiny_config("sci_cot", tiny_t5))
    original = RunWatcher.step

    def cancel_in_stage_2(self: RunWatcher, *others: Any) -> None:
        if self.role == "answer":
            self.context.cancel_event.set()
        original(self, *others)

    with monkeypatch.context() as patch:
        patch.setattr(RunWatcher, "step", cancel_in_stage_2)
        assert run_worker(run_id, settings, HANDLERS) is RunStatus.CANCELLED
    before = {part.name: part for part in list_parts(session, run_id)}
    assert set(before) == {"train rationale", "write rationale for training"}
    assert before["train rationale"].seconds > 0
    assert before["train rationale"].peak_memory_bytes > 10_000_000
    resume_run(session, Actor("Ada"), run_id)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    session.rollback()  # what the worker wrote since
    parts = {part.name: part for part in list_parts(session, run_id)}
    after = ("train answer", "test", "training sample", "between the stages")
    assert list(parts) == [*before, *after]
    assert not any(part.reused for part in parts.values())
    for name in before:
        assert parts[name].seconds >= before[name].seconds
    result: Any = get_run(session, run_id).result
    assert not any(stage["reused"] for stage in result["stages"].values())
    assert result["seconds"]["all"] == pytest.approx(sum(one.seconds for one in parts.values()))

    again = train(session, settings, tiny_config("sci_cot", tiny_t5))
    reused = {part.name: part for part in list_parts(session, again.id)}
    assert (reused["train answer"].seconds, reused["train answer"].reused) == (0.0, True)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"dataset": "nowhere"}, NotFound, "no dataset 'nowhere'"),
        ({"snapshot": "nowhere"}, NotFound, "no snapshot 'nowhere'"),
        ({"student": "no such thing"}, StudentError, "no folder on this machine"),
        ({"student": "../../etc/passwd"}, StudentError, "no folder on this machine"),
    ],
)
def test_what_stands_in_the_way_is_said_before_anything_is_stored(
    session: Session,
    questions: Questions,
    tiny_t5: Path,
    change: dict[str, str],
    error: type[Exception],
    words: str,
) -> None:
    config = tiny_config("one_stage", tiny_t5).model_copy(update=change)
    with pytest.raises(error, match=words):
        start_training(session, get_settings(), Actor("Ada"), config)


def test_a_method_without_rationales_is_refused(tiny_t5: Path) -> None:
    with pytest.raises(InvalidConfig, match="needs a snapshot"):
        tiny_config("sci_cot", tiny_t5, snapshot=None)


def test_settings_of_other_methods_are_not_stored(tiny_t5: Path) -> None:
    config = tiny_config("one_stage", tiny_t5, stage2_rationales="cross_fit")
    assert config == tiny_config("one_stage", tiny_t5)
    assert config.method == "one_stage"


def test_a_student_with_damaged_weights_fails_the_run_by_name(
    session: Session, settings: Settings, questions: Questions, tmp_path: Path
) -> None:
    student = build_tiny_t5(tmp_path / "damaged")
    run_id = start_training(session, get_settings(), Actor("Ada"), tiny_config("finetune", student))
    (student / "model.safetensors").write_bytes(b"no weights at all")
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.FAILED
    session.rollback()
    error = get_run(session, run_id).error or ""
    assert "The student in 'damaged' cannot be loaded" in error


def test_a_full_disk_fails_the_run_with_the_reason_and_keeps_what_was_saved(
    session: Session,
    settings: Settings,
    questions: Questions,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = tiny_config("finetune", tiny_t5, steps=8, checkpoint_every=2)
    run_id = start_training(session, get_settings(), Actor("Ada"), config)
    original = save_checkpoint

    def full_at_4(folder: Path, step: int, *others: Any) -> Path:
        if step == 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(folder, step, *others)

    with monkeypatch.context() as patch:
        patch.setattr(trainer, "save_checkpoint", full_at_4)
        assert run_worker(run_id, settings, HANDLERS) is RunStatus.FAILED
    session.rollback()
    assert "The disk is full" in (get_run(session, run_id).error or "")
    resume_run(session, Actor("Ada"), run_id)
    session.rollback()
    resumed: list[int] = []
    original_init = trainer.StageTrainer.__init__

    def remember(self: Any, *given: Any) -> None:
        original_init(self, *given)
        resumed.append(self.state.step)

    monkeypatch.setattr(trainer.StageTrainer, "__init__", remember)
    assert run_worker(run_id, settings, HANDLERS) is RunStatus.DONE
    assert resumed == [2]


@pytest.mark.parametrize("setting", ["in_sample", "cross_fit"])
def test_a_two_stage_run_measures_what_its_second_stage_learned_from_and_is_asked_with(
    session: Session,
    settings: Settings,
    questions: Questions,
    tiny_t5: Path,
    setting: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left: list[int] = []  # of the work, at each report
    report = RunContext.report

    def remember(self: RunContext, **values: Any) -> None:
        left.extend([values["total"] - values["done"]] if values.get("total") else [])
        report(self, **values)

    monkeypatch.setattr(RunContext, "report", remember)
    config = tiny_config("sci_cot", tiny_t5, stage2_rationales=setting, folds=2, epochs=1)
    run = train(session, settings, config)
    assert left.index(0) == len(left) - 1  # nothing is asked behind a full bar
    between = read_between(run.result)
    assert between is not None
    seen, unseen = len(questions[Split.TRAIN]), len(questions[Split.VALIDATION])
    counts = {kind: texts.questions for kind, texts in between.kinds.items()}
    crossed = {"cross_fit": seen} if setting == "cross_fit" else {}
    assert counts == {"training": seen, **crossed, "teacher": seen, "validation": unseen}
    assert between.learned_from == ("training" if setting == "in_sample" else "cross_fit")
    assert between.kinds["training"].compared == seen
    assert between.kinds["teacher"].overlap == 1.0  # the yardstick: the snapshot's own
    assert between.kinds["validation"].overlap is None  # none of them has an approved rationale
    assert read_between(train(session, settings, tiny_config("finetune", tiny_t5)).result) is None
