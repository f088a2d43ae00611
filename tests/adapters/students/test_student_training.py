"""Training repeats itself bit for bit, also after a kill, and learns what it is given."""

import errno
import itertools
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import safetensors.torch
import torch

from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.stages import checkpoints
from scicot.adapters.students.stages.checkpoints import MARKER, newest_checkpoint
from scicot.adapters.students.training.gradient import GradientSum
from scicot.adapters.students.training.job import Silent, StageJob, StepReport, Validated
from scicot.adapters.students.training.trainer import StageTrainer
from scicot.adapters.students.training.validation import try_weights
from scicot.pure.methods.finetune import ANSWERS
from scicot.pure.methods.plan import TaskSpec, Writes
from scicot.pure.methods.registry import make_config
from scicot.pure.methods.step_by_step import EXPLAIN, PREDICT
from scicot.pure.methods.tasks import Validation, make_choosing, make_task
from scicot.pure.students.texts import choice_answer, question_text
from scicot.words.errors import Cancelled, StudentError
from scicot.words.records import StoredQuestion
from tests.builders import make_question
from tests.soak.kills import PATIENCE_SECONDS, run_apart
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]


class Watcher(Silent):
    """Remembers what it is told, and stops after a number of steps."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.stop_after = stop_after
        self.reports: list[StepReport] = []
        self.validations: list[tuple[int, Validated]] = []

    @property
    def losses(self) -> list[float]:
        return [report.loss for report in self.reports]

    def step(self, report: StepReport) -> None:
        self.reports.append(report)
        if report.step == self.stop_after:
            raise Cancelled("stopped by the test")

    def validated(self, step: int, validated: Validated) -> None:
        self.validations.append((step, validated))


def questions(count: int = 24) -> list[StoredQuestion]:
    return [
        make_question(f"Q{n}", f"Which number is {n}?", question_id=n, answer_key="ABCD"[n % 4])
        for n in range(1, count + 1)
    ]


@pytest.fixture(params=["tiny_t5", "tiny_causal"])
def job(request: pytest.FixtureRequest, tmp_path: Path) -> StageJob:
    return make_job(request.getfixturevalue(request.param), tmp_path / "work")


def make_job(student: Path, work: Path, **settings: Any) -> StageJob:
    values = {
        "epochs": 3,
        "questions_per_step": 6,
        "tokens_per_batch": 400,
        "checkpoint_every": 4,
        "learning_rate": 1e-3,
    }
    return StageJob(
        hash="this-stage",
        student=student,
        family=inspect_folder("tiny", student).family,
        tasks=[make_task(ANSWERS, questions())],
        config=make_config(method="finetune", dataset="demo", **values | settings),
        precision="fp32",
        work_folder=work,
        threads=1,
    )


def weights(trainer: StageTrainer) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in trainer.parameters.items()}


def train_whole(job: StageJob) -> dict[str, torch.Tensor]:
    trainer = StageTrainer(job)
    trainer.train(Watcher())
    return weights(trainer)


@cache
def unbroken(student: Path) -> dict[str, torch.Tensor]:
    """Return the weights of a student's training that nothing disturbs, once for all tests."""
    with TemporaryDirectory() as folder:
        return train_whole(make_job(student, Path(folder)))


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_same_job_gives_the_same_weights(job: StageJob, tmp_path: Path) -> None:
    first = train_whole(job)
    torch.manual_seed(99)  # whatever happened before in the process does not matter
    assert same(first, train_whole(replace(job, work_folder=tmp_path / "again")))


def test_another_seed_gives_other_weights(job: StageJob, tmp_path: Path) -> None:
    config = job.config.model_copy(update={"seed": 1})
    other = replace(job, config=config, work_folder=tmp_path / "other")
    assert not same(train_whole(job), train_whole(other))


@pytest.mark.parametrize("stop_after", [3, 5, 9])
def test_a_stopped_training_goes_on_to_the_same_weights(job: StageJob, stop_after: int) -> None:
    with pytest.raises(Cancelled):
        StageTrainer(job).train(Watcher(stop_after))
    resumed = StageTrainer(job)
    assert resumed.state.step == stop_after // 4 * 4
    resumed.train(Watcher())
    assert same(unbroken(job.student), weights(resumed))


def stop_at(job: StageJob, step: int) -> list[Path]:
    with pytest.raises(Cancelled):
        StageTrainer(job).train(Watcher(step))
    return sorted((job.work_folder / "checkpoints").glob("step-*"))


@pytest.mark.parametrize("harm", ["truncate", "flip", "no_marker", "remove"])
def test_a_damaged_checkpoint_falls_back_one(tiny_causal: Path, tmp_path: Path, harm: str) -> None:
    job = make_job(tiny_causal, tmp_path / "work")
    older, newest = stop_at(job, 9)
    file = newest / "optimizer.safetensors"
    if harm == "truncate":
        file.write_bytes(file.read_bytes()[:-100])
    elif harm == "flip":
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif harm == "no_marker":
        (newest / MARKER).unlink()
    else:
        file.unlink()
    resumed = StageTrainer(job)
    assert resumed.state.step == int(older.name.removeprefix("step-"))
    resumed.train(Watcher())
    assert same(unbroken(tiny_causal), weights(resumed))


def test_a_foreign_checkpoint_is_refused(job: StageJob) -> None:
    stop_at(job, 5)
    with pytest.raises(StudentError, match="belongs to another stage"):
        StageTrainer(replace(job, hash="another-stage"))


class Killer(Watcher):
    """Ends its process without a word at a step."""

    def __init__(self, at_step: int) -> None:
        super().__init__()
        self.at_step = at_step

    def step(self, report: StepReport) -> None:
        if report.step == self.at_step:
            os.kill(os.getpid(), signal.SIGKILL)


def train_and_die(student: Path, work: Path, at_step: int, at_write: int) -> None:
    """Train, and be killed at a step or before the so manieth writing of a checkpoint."""
    writes = itertools.count(1)

    def dying(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(writes) == at_write:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(safetensors.torch, "save_file", dying(safetensors.torch.save_file))
        for name in ("_write_json", "sync_file", "move_into_place"):
            patched.setattr(checkpoints, name, dying(getattr(checkpoints, name)))
        torch.set_num_threads(1)
        StageTrainer(make_job(student, work)).train(Killer(at_step))


@pytest.mark.parametrize(("at_step", "at_write"), [(6, 0), (0, 3), (0, 8), (0, 15)])
def test_a_killed_training_resumes_to_the_same_weights(
    tiny_t5: Path, tmp_path: Path, at_step: int, at_write: int
) -> None:
    work = tmp_path / "work"
    killed = run_apart(train_and_die, tiny_t5, work, at_step, at_write)
    killed.join(PATIENCE_SECONDS)
    assert killed.exitcode == -signal.SIGKILL
    resumed = StageTrainer(make_job(tiny_t5, work))
    resumed.train(Watcher())
    assert same(unbroken(tiny_t5), weights(resumed))


class Wanderer(Watcher):
    """Takes the folder of the work away after a step, and brings it back after another."""

    def __init__(self, work: Path, between: tuple[int, int]) -> None:
        super().__init__()
        self.work, self.between = work, between
        self.kept: list[str] = []

    def step(self, report: StepReport) -> None:
        away = self.work.with_name("away")
        if report.step == self.between[0]:
            self.work.rename(away)
        if report.step == self.between[1]:
            away.rename(self.work)  # nobody has made another in its place

    def saved(self, checkpoint: Path) -> None:
        self.kept.append(checkpoint.name)


def test_a_checkpoint_whose_folder_is_away_is_skipped_and_the_next_is_written(
    tiny_t5: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job = make_job(tiny_t5, tmp_path / "work")
    watcher, trainer = Wanderer(job.work_folder, (3, 5)), StageTrainer(job)
    trainer.train(watcher)
    assert watcher.kept == ["step-00000008"]
    assert caplog.text.count("No checkpoint of step 4: ") == 1
    assert same(unbroken(tiny_t5), weights(trainer))


@pytest.mark.parametrize(
    ("error", "is_skipped"),
    [
        (OSError(errno.ESTALE, "Stale file handle"), True),
        (safetensors.SafetensorError("I/O error: No such file (os error 2)"), True),
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (safetensors.SafetensorError("I/O error: No space left on device (os error 28)"), False),
        (OSError(errno.EROFS, "Read-only file system"), False),
    ],
)
def test_a_disk_that_is_full_or_refuses_ends_a_training_and_one_that_is_away_does_not(
    tiny_t5: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    *,
    is_skipped: bool,
) -> None:
    def refuse(*_tensors: Any) -> None:
        raise error

    monkeypatch.setattr(safetensors.torch, "save_file", refuse)
    trainer = StageTrainer(make_job(tiny_t5, tmp_path / "work"))
    if is_skipped:
        trainer.train(Watcher())
        return
    with pytest.raises(type(error), match=str(error.args[-1])[:20]):
        trainer.train(Watcher(5))


def test_only_two_checkpoints_are_kept(job: StageJob) -> None:
    kept = stop_at(replace(job, config=job.config.model_copy(update={"checkpoint_every": 2})), 9)
    assert [one.name for one in kept] == ["step-00000006", "step-00000008"]
    found = newest_checkpoint(job.work_folder / "checkpoints", job.hash)
    assert found is not None
    assert found.step == 8


def select(job: StageJob, validation: Validation) -> tuple[Watcher, StageTrainer]:
    watcher, trainer = Watcher(), StageTrainer(replace(job, validation=validation))
    trainer.train(watcher)
    return watcher, trainer


BOTH = TaskSpec(Writes.RATIONALE_THEN_ANSWER)


@pytest.mark.parametrize("task", [ANSWERS, BOTH], ids=["answers", "writes both"])
def test_selection_keeps_the_weights_that_choose_best_and_of_equals_the_lower_loss(
    tiny_t5: Path, tmp_path: Path, task: TaskSpec
) -> None:
    settings = {"selection": "validation", "learning_rate": 0.02, "epochs": 5}
    job = make_job(tiny_t5, tmp_path / "work", **settings)
    seen, texts = questions(48)[24:], {one.id: "It is told." for one in questions(48)}
    job = replace(job, tasks=[make_task(task, questions(), targets=texts)])
    validation = Validation(
        make_task(task, seen, targets=texts),
        make_choosing(task, seen),
        writes=12 if task is BOTH else 0,
    )
    watcher, trainer = select(job, validation)
    assert len(watcher.validations) == 5
    step, best = max(watcher.validations, key=lambda point: point[1].worth)
    state = trainer.state
    assert (state.best_step, state.best_accuracy, state.best_loss) == (
        step,
        best.accuracy,
        best.loss,
    )
    again = try_weights(trainer.model, trainer.codec, validation, job.config, Silent().check)
    assert again.validated == best, "the weights that are kept are not those that were chosen"


def test_accuracy_comes_before_loss() -> None:
    worse_loss, more_right = Validated(0.4, 0.1), Validated(0.5, 0.9)
    assert more_right.worth > worse_loss.worth
    assert Validated(0.5, 0.2).worth > more_right.worth
    assert Validated(None, 0.2).worth > Validated(None, 0.3).worth


def test_the_share_chosen_rightly_is_that_of_the_option_scores(
    tiny_t5: Path, tmp_path: Path
) -> None:
    job = make_job(tiny_t5, tmp_path / "work")
    trainer, asked = StageTrainer(job), questions(40)
    seen = try_weights(
        trainer.model,
        trainer.codec,
        Validation(None, make_choosing(ANSWERS, asked)),
        job.config,
        Silent().check,
    ).validated
    student = TorchStudent.open(tiny_t5, job.family, threads=1)
    right = 0
    for question in asked:
        options = [choice_answer(choice) for choice in question.choices]
        (scores,) = student.score([question_text(question)], [options])
        right += question.labels[scores.index(max(scores))] == question.answer_key
    assert seen.loss is None
    assert seen.accuracy == right / 40


def test_step_by_step_weighs_its_two_losses(tiny_t5: Path, tmp_path: Path) -> None:
    rationales = {one.id: f"It is number {one.id}." for one in questions()}
    first_losses = []
    for number, weight in enumerate((1.0, 3.0)):
        job = make_job(tiny_t5, tmp_path / str(number))
        explains = TaskSpec(Writes.RATIONALE, EXPLAIN, weight=weight)
        tasks = [
            make_task(TaskSpec(Writes.ANSWER, PREDICT), questions()),
            make_task(explains, questions(), targets=rationales),
        ]
        watcher = Watcher(1)
        with pytest.raises(Cancelled):
            StageTrainer(replace(job, tasks=tasks)).train(watcher)
        first_losses.append(watcher.losses[0])
    assert first_losses[1] > 1.5 * first_losses[0]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_resumed_stage_keeps_its_thread_count(job: StageJob) -> None:
    stop_at(job, 5)
    assert StageTrainer(replace(job, threads=2)).threads == 1


@pytest.mark.parametrize(("precision", "is_whole"), [("fp32", False), ("bf16", True)])
def test_in_bf16_a_processor_multiplies_whole_matrices(
    tiny_causal: Path, tmp_path: Path, precision: str, is_whole: bool
) -> None:
    ways: set[bool] = set()

    class Looks(Watcher):
        def check(self) -> None:
            ways.add(torch.backends.cuda.flash_sdp_enabled())  # type: ignore[no-untyped-call]

    job = replace(make_job(tiny_causal, tmp_path, epochs=1), precision=precision)
    watcher = Looks()
    StageTrainer(job).train(watcher)
    assert ways == {not is_whole}
    assert torch.backends.cuda.flash_sdp_enabled(), "for what follows"  # type: ignore[no-untyped-call]
    exact = Watcher()
    StageTrainer(make_job(tiny_causal, tmp_path / "fp32", epochs=1)).train(exact)
    assert watcher.losses == pytest.approx(exact.losses, rel=0.02)


def test_a_student_whose_sums_have_no_fixed_order_is_trained_all_the_same(
    tiny_causal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    plain = Watcher()
    StageTrainer(make_job(tiny_causal, tmp_path / "plain", epochs=1)).train(plain)
    add, refused = GradientSum.add, list[bool]()

    def refuse(gradient: GradientSum, *given: Any, **named: Any) -> Any:
        losses = add(gradient, *given, **named)
        if (
            torch.are_deterministic_algorithms_enabled()
            and not torch.is_deterministic_algorithms_warn_only_enabled()
        ):
            refused.append(True)
            raise RuntimeError("cumsum does not have a deterministic implementation")
        return losses

    monkeypatch.setattr(GradientSum, "add", refuse)
    watcher = Watcher()
    trainer = StageTrainer(make_job(tiny_causal, tmp_path / "refused", epochs=1))
    trainer._is_ordered = True  # as on a GPU
    try:
        trainer.train(watcher)
    finally:
        torch.use_deterministic_algorithms(False)
    assert refused == [True], "it is tried once"
    assert watcher.losses == plain.losses, "what was added before it failed does not count"
    assert "no fixed order" in caplog.text
