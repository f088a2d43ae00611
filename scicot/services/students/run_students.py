"""The students of one run, opened as its questions need them: how, and in how many processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from scicot.adapters.students.asking.fast import FastStudent, say_slow_here
from scicot.adapters.students.asking.packed import quick_threads
from scicot.adapters.students.machine import run_memory_bytes
from scicot.adapters.students.memory import give_back_memory
from scicot.services.students.away import once_there
from scicot.services.students.stages import TrainedStage
from scicot.services.students.watcher import RunWatcher
from scicot.words.errors import StudentError

if TYPE_CHECKING:
    from scicot.adapters.students.asking.shared_student import Processes

T = TypeVar("T")


class RunStudents:
    """One student is open at a time: each holds its weights in memory."""

    def __init__(self, watcher: RunWatcher, device: str, threads: int) -> None:
        self.watcher = watcher
        self.device = device
        self.threads = threads
        self.slow_reason = ""  # why CTranslate2 does not work on this GPU
        self._open: dict[tuple[str, str], Any] = {}
        self._opened_in = 1  # process, or several that share the questions
        self._is_fast = True if device == "cpu" else None  # whether CTranslate2 works here
        self._are_quick: dict[str, bool] = {}  # whether torch writes as quickly, by stage

    def close(self, stage: TrainedStage) -> None:
        """Let go of the stage's students; they can open again."""
        if any(opened == stage.hash for opened, _ in self._open):
            self._close_all()

    def _close_all(self) -> None:
        self._open.clear()
        self.watcher.context.helpers.let_go()

    def write_quickly(self, stage: TrainedStage, questions: int) -> bool:
        """Return whether torch writes as quickly; it then scores without opening another."""
        if self.device != "cpu":
            return False
        # a few more questions are not worth closing it for another
        is_open = (stage.hash, "torch") in self._open and stage.hash in self._are_quick
        if not is_open and self._processes(stage, questions).threads > quick_threads():
            return False
        if stage.hash not in self._are_quick:
            student: Any = self.opened(stage, "torch", questions)
            self._are_quick[stage.hash] = student.writes_as_quickly()
        return self._are_quick[stage.hash]

    def fast_works(self, stage: TrainedStage) -> bool:
        """Return whether CTranslate2 computes on this device; on a GPU it needs CUDA 12's cuBLAS.

        Only a word written tells: it looks for that library when it first multiplies.
        """
        if self._is_fast is None:
            try:
                self.opened(stage, "float32", 1).generate(["?"], 1)
                self._is_fast = True
            except (RuntimeError, ValueError, StudentError) as error:  # ValueError: built without
                self._close_all()
                self._is_fast = False
                self.slow_reason = str(error).strip().partition("\n")[0]
                self.watcher.say(say_slow_here(self.slow_reason))
        return self._is_fast

    def opened(self, stage: TrainedStage, kind: str, questions: int) -> Any:
        """Return the stage's student, opened for as many questions at least."""
        key = (stage.hash, kind)
        count = 1
        if kind == "torch" and self.device == "cpu":
            count = self._processes(stage, questions).count
        if key not in self._open or count > self._opened_in:
            self._close_all()
            give_back_memory()
            self._open[key] = self.once_there(
                stage, lambda: self._open_student(stage, kind, questions)
            )
            self._opened_in = count
        return self._open[key]

    def once_there(self, stage: TrainedStage, read: Callable[[], T]) -> T:
        """Return what is read of the stage's files, once their folder is there."""
        return once_there(stage.folder, read, self.watcher, "The student cannot be read")

    def _open_student(self, stage: TrainedStage, kind: str, questions: int) -> Any:
        threads = self.threads
        if kind != "torch":
            return FastStudent.open(
                stage.folder / "ct2",
                compute_type=kind,
                threads=threads,
                at_once=threads if self.device == "cpu" else 1,
                device=self.device,
            )
        model = stage.folder / "model"
        if self.device != "cpu":
            from scicot.adapters.students.asking.torch_student import TorchStudent

            check = self.watcher.check
            return TorchStudent.open(model, stage.family, device=self.device, check=check)
        from scicot.adapters.students.asking.shared_student import Opening, SharedStudent

        how = self._processes(stage, questions)
        helpers = self.watcher.context.helpers.take(how.count - 1)
        opening = Opening(model, stage.family, how.threads, how.kept_bytes)
        return SharedStudent(opening, helpers, self.watcher.check)

    def _processes(self, stage: TrainedStage, questions: int) -> Processes:
        """Return how many processes of this run share so many questions."""
        from scicot.adapters.students.asking.shared_student import Processes

        memory = run_memory_bytes(self.watcher.context.settings)
        return self.once_there(
            stage,
            lambda: Processes.fitting(
                stage.folder / "model",
                stage.family,
                questions,
                threads=self.threads,
                memory=memory,
            ),
        )
