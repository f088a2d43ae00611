"""Students at work inside a run: write rationales, answer questions, score options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from scicot.adapters.students.asking.fast import MOST_WORKERS, FastStudent, say_slow_here
from scicot.adapters.students.asking.packed import quick_threads
from scicot.adapters.students.asking.scoring import OptionScore
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.machine import (
    choose_device,
    name_device,
    run_memory_bytes,
    run_threads,
)
from scicot.adapters.students.memory import give_back_memory
from scicot.adapters.students.stages.stage_files import has_fast_form, keep_written, read_written
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import scores_end
from scicot.pure.predictions.stripping import Cuts
from scicot.pure.students.batching import even_size
from scicot.services.students.away import once_there
from scicot.services.students.stages import TrainedStage
from scicot.services.students.watcher import RunWatcher
from scicot.words.configs import TrainingConfig
from scicot.words.errors import StudentError
from scicot.words.records import Family

if TYPE_CHECKING:
    from scicot.adapters.students.asking.shared_student import Processes

# Texts a thread between two reports. Fixed, not timed: the last bit of a log-probability
# depends on which texts share a batch. On a GPU a batch takes as long as its longest text.
AT_ONCE = {Family.ENCODER_DECODER: 128, Family.CAUSAL: 64}
AT_ONCE_ON_CARD = 512
AGREEMENT_SAMPLE = 32
AGREEMENT_NEEDED = 0.9  # share of equal texts below which a faster type is not used
# What a setting is called by CTranslate2; fp16 and bf16 need a GPU. int8 is not among them: of
# real students it changed every second answer and nine rationales in ten (docs/log.md).
COMPUTE_TYPES = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}
T = TypeVar("T")


class Student(Protocol):
    """What FastStudent and SharedStudent both do."""

    def generate(
        self,
        inputs: Sequence[str],
        max_new_tokens: int,
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str] | None = None,
    ) -> list[str]:
        """Return the greedy output of each input, after what is given of it."""

    def score(
        self,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        *,
        max_input_tokens: int | None = None,
        given: Sequence[str | None] | None = None,
        has_end: bool = True,
    ) -> list[list[float]]:
        """Return the log-probability (nats) of each option, with its end unless told otherwise."""


class Answering:
    """The run's students, opened once each; texts that a stage wrote before are not written again.

    fp32 gives transformers' own text; a faster type is used only where a sample agrees with fp32.
    One student is open at a time: each holds its weights in memory.
    """

    def __init__(self, watcher: RunWatcher, config: TrainingConfig) -> None:
        self.watcher = watcher
        self.config = config
        self.device = choose_device(watcher.context.settings.device)
        self.threads = run_threads(watcher.context.settings)
        self.agreement: dict[str, float] = {}
        self.split = "training"  # whose questions are worked on
        self.unended: dict[str, int] = {}  # outputs that reached their limit, by stage and split
        self.cuts = Cuts()  # what `strip_answer` took from the rationales that were read
        self._open: dict[tuple[str, str], Student] = {}
        self._opened_in = 1  # process, or several that share the questions
        self._is_fast = True if self.device == "cpu" else None  # whether CTranslate2 works here
        self._are_quick: dict[str, bool] = {}  # whether torch writes as quickly, by stage
        self.slow_reason = ""
        self._is_told = False  # that the type asked for is not to be had on this device

    @property
    def inference(self) -> dict[str, Any]:
        """How texts were computed, for the run's result."""
        asked = self.config.inference
        how: dict[str, Any] = {"asked_for": asked, "device": name_device(self.device)}
        if asked != "fp32":
            how[f"{asked}_agreement"] = self.agreement
        return how | ({"slow_reason": self.slow_reason} if self.slow_reason else {})

    def generate(
        self,
        stage: TrainedStage,
        inputs: Sequence[str],
        max_new_tokens: int,
        what: str,
        given: Sequence[str] | None = None,
    ) -> list[str]:
        """Return the stage's greedy output for each input, in order, after what is given of it.

        How many reached `max_new_tokens` is counted in `unended`.
        """
        how: list[Any] = [self.config.inference, max_new_tokens, self.config.max_input_tokens]
        how += [self.device] if self.device != "cpu" else []
        how += [list(given)] if given is not None else []
        key = content_hash([how, list(inputs)])
        texts = self._once_there(stage, lambda: read_written(stage.folder, key, len(inputs)))
        if texts is None:
            kind = self._compute_type(stage, inputs, max_new_tokens)
            student = self._student(stage, kind, len(inputs))
            texts = self._in_parts(
                what,
                stage.family,
                inputs,
                lambda chosen: student.generate(
                    [inputs[place] for place in chosen],
                    max_new_tokens,
                    max_input_tokens=self.config.max_input_tokens,
                    given=None if given is None else [given[place] for place in chosen],
                ),
            )
            keep_written(stage.folder, key, texts)
        else:
            self.watcher.start(what, f"{what}: written before, read again.", len(inputs))
            self.watcher.wrote(len(inputs), len(inputs))
        self.count_unended(stage, what, sum(self.are_cut(stage, texts, max_new_tokens)))
        return texts

    def score(
        self,
        stage: TrainedStage,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        given: Sequence[str | None],
    ) -> list[list[OptionScore]]:
        """Return the log-probability (nats) of each option after each input, always in fp32.

        A text alone is scored as in the cloze form, without the end of the answer.
        """
        student: Any = self._student(stage, "torch", len(inputs))
        has_end = scores_end(self.config)
        return self._in_parts(
            "scoring options",
            stage.family,
            inputs,
            lambda chosen: student.score_both(
                [inputs[place] for place in chosen],
                [options[place] for place in chosen],
                max_input_tokens=self.config.max_input_tokens,
                given=[given[place] for place in chosen],
                has_end=has_end,
            ),
        )

    def are_cut(self, stage: TrainedStage, texts: Sequence[str], limit: int) -> list[bool]:
        """Return which of a stage's outputs reached the limit before they came to an end."""
        codec = self.codec(stage)
        # a text that came to its end takes `limit` tokens at most with it
        return [len(codec.encode_target(text)) > limit for text in texts]

    def count_unended(self, stage: TrainedStage, what: str, more: int) -> None:
        """Count outputs of a stage that reached their limit before they came to an end."""
        place = f"{stage.role}, {what}, {self.split}"
        self.unended[place] = self.unended.get(place, 0) + more

    def codec(self, stage: TrainedStage) -> Codec:
        """Return a stage's tokenizer, once its files are there."""
        return self._once_there(stage, lambda: Codec.open(stage.folder / "model", stage.family))

    def close(self, stage: TrainedStage) -> None:
        """Let go of the stage's students, which hold its weights in memory; they can open again."""
        if any(opened == stage.hash for opened, _ in self._open):
            self._close_all()

    def _close_all(self) -> None:
        self._open.clear()
        self.watcher.context.helpers.let_go()

    def _in_parts(
        self,
        what: str,
        family: Family,
        inputs: Sequence[str],
        work: Callable[[Sequence[int]], list[Any]],
    ) -> list[Any]:
        """Return the work's results in order, done by length, stopping between parts if asked."""
        self.watcher.start(what, f"{what}: {len(inputs)} questions.", len(inputs))
        order = sorted(range(len(inputs)), key=lambda place: len(inputs[place]))
        most = AT_ONCE[family] * min(self.threads, MOST_WORKERS)
        at_once = even_size(len(order), 1, most if self.device == "cpu" else AT_ONCE_ON_CARD)
        results: dict[int, Any] = {}
        for start in range(0, len(order), at_once):
            chosen = order[start : start + at_once]
            results |= zip(chosen, work(chosen), strict=True)
            self.watcher.wrote(len(results), len(inputs))
        return [results[place] for place in range(len(inputs))]

    def _compute_type(self, stage: TrainedStage, inputs: Sequence[str], max_new_tokens: int) -> str:
        has_fast = self._once_there(stage, lambda: has_fast_form(stage.folder))
        asked = self.config.inference
        if asked != "fp32" and self.device == "cpu" and not self._is_told:
            self.watcher.say(f"{asked} needs a GPU; here the texts are written in fp32.")
            self._is_told = True
        if not has_fast or self._writes_quickly(stage, len(inputs)) or not self._works_here(stage):
            return "torch"
        if asked == "fp32" or self.device == "cpu" or not inputs:
            return "float32"
        fast_type = COMPUTE_TYPES[self.config.inference]
        if stage.role not in self.agreement:
            sample = inputs[:: max(1, len(inputs) // AGREEMENT_SAMPLE)][:AGREEMENT_SAMPLE]
            exact, fast = (
                self._student(stage, kind, len(sample)).generate(
                    sample, max_new_tokens, max_input_tokens=self.config.max_input_tokens
                )
                for kind in ("float32", fast_type)
            )
            equal = sum(output == other for output, other in zip(exact, fast, strict=True))
            self.agreement[stage.role] = equal / len(sample)
        return fast_type if self.agreement[stage.role] >= AGREEMENT_NEEDED else "float32"

    def _writes_quickly(self, stage: TrainedStage, questions: int) -> bool:
        """Return whether torch writes as quickly; it then scores without opening another."""
        if self.device != "cpu" or stage.family is not Family.CAUSAL:
            return False
        if self._processes(stage, questions).threads > quick_threads():
            return False
        if stage.hash not in self._are_quick:
            student: Any = self._student(stage, "torch", questions)
            self._are_quick[stage.hash] = student.writes_as_quickly()
        return self._are_quick[stage.hash]

    def _works_here(self, stage: TrainedStage) -> bool:
        """Return whether CTranslate2 computes on this device; on a GPU it needs CUDA 12's cuBLAS.

        Only a word written tells: it looks for that library when it first multiplies.
        """
        if self._is_fast is None:
            try:
                self._student(stage, "float32", 1).generate(["?"], 1)
                self._is_fast = True
            except (RuntimeError, ValueError, StudentError) as error:  # ValueError: built without
                self._close_all()
                self._is_fast = False
                self.slow_reason = str(error).strip().partition("\n")[0]
                self.watcher.say(say_slow_here(self.slow_reason))
        return self._is_fast

    def _student(self, stage: TrainedStage, kind: str, questions: int) -> Student:
        """Return the stage's student, opened for as many questions at least."""
        key = (stage.hash, kind)
        count = 1
        if kind == "torch" and self.device == "cpu":
            count = self._processes(stage, questions).count
        if key not in self._open or count > self._opened_in:
            self._close_all()
            give_back_memory()
            self._open[key] = self._once_there(
                stage, lambda: self._open_student(stage, kind, questions)
            )
            self._opened_in = count
        return self._open[key]

    def _once_there(self, stage: TrainedStage, read: Callable[[], T]) -> T:
        """Return what is read of the stage's files, once their folder is there."""
        return once_there(stage.folder, read, self.watcher, "The student cannot be read")

    def _open_student(self, stage: TrainedStage, kind: str, questions: int) -> Student:
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
        return self._once_there(
            stage,
            lambda: Processes.fitting(
                stage.folder / "model",
                stage.family,
                questions,
                threads=self.threads,
                memory=memory,
            ),
        )
