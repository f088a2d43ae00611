"""Students at work inside a run: write rationales, answer questions, score options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from scicot.adapters.students.asking.fast import MOST_WORKERS
from scicot.adapters.students.asking.scoring import OptionScore
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.machine import (
    choose_device,
    name_device,
    run_threads,
)
from scicot.adapters.students.stages.stage_files import (
    has_fast_form,
    keep_written,
    read_texts,
    read_written,
)
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import scores_end
from scicot.pure.predictions.stripping import Cuts
from scicot.pure.students.batching import even_size
from scicot.services.students.groups import Group
from scicot.services.students.run_students import RunStudents
from scicot.services.students.stages import TrainedStage
from scicot.services.students.watcher import RunWatcher
from scicot.words.configs import TrainingConfig
from scicot.words.records import Family

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


class Answering:
    """The run's students, opened once each; texts that a stage wrote before are not written again.

    fp32 gives transformers' own text; a faster type is used only where a sample agrees with fp32.
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
        self.students = RunStudents(watcher, self.device, self.threads)
        self._is_told = False  # that the type asked for is not to be had on this device

    @property
    def inference(self) -> dict[str, Any]:
        """How texts were computed, for the run's result."""
        asked = self.config.inference
        how: dict[str, Any] = {"asked_for": asked, "device": name_device(self.device)}
        if asked != "fp32":
            how[f"{asked}_agreement"] = self.agreement
        reason = self.students.slow_reason
        return how | ({"slow_reason": reason} if reason else {})

    def generate(
        self, stage: TrainedStage, inputs: Sequence[str], max_new_tokens: int, what: str
    ) -> list[str]:
        """Return the stage's greedy output for each input, in order.

        How many reached `max_new_tokens` is counted in `unended`.
        """
        texts = self.write(stage, inputs, max_new_tokens, what, Group.of_all(len(inputs)))
        self.count_unended(stage, what, sum(self.are_cut(stage, texts, max_new_tokens)))
        return texts

    def write(
        self,
        stage: TrainedStage,
        inputs: Sequence[str],
        max_new_tokens: int,
        what: str,
        group: Group,
        given: Sequence[str] | None = None,
    ) -> list[str]:
        """Return the stage's greedy output for each input of a group, after what is given of it."""
        how: list[Any] = [*self.how(max_new_tokens), *([list(given)] if given is not None else [])]
        key, count = content_hash([how, list(inputs)]), len(inputs)
        if not group.goes_on:
            found = self.read(stage, key, partial(read_texts, count=count))
            if found is not None:
                self.watcher.found(what, f"{what}: written before, read again.", count)
                return found
        kind = self._compute_type(stage, inputs, max_new_tokens)
        student = self.students.opened(stage, kind, len(inputs))
        texts: list[str] = self._in_parts(
            what,
            stage.family,
            inputs,
            group,
            lambda chosen: student.generate(
                [inputs[place] for place in chosen],
                max_new_tokens,
                max_input_tokens=self.config.max_input_tokens,
                given=None if given is None else [given[place] for place in chosen],
            ),
        )
        if not group.goes_on:
            self.keep(stage, key, texts)
        return texts

    def score(
        self,
        stage: TrainedStage,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        given: Sequence[str | None],
        group: Group | None = None,
    ) -> list[list[OptionScore]]:
        """Return the log-probability (nats) of each option after each input, always in fp32.

        A text alone is scored as in the cloze form, without the end of the answer.
        """
        student: Any = self.students.opened(stage, "torch", len(inputs))
        has_end = scores_end(self.config)
        return self._in_parts(
            "scoring options",
            stage.family,
            inputs,
            group or Group.of_all(len(inputs)),
            lambda chosen: student.score_both(
                [inputs[place] for place in chosen],
                [options[place] for place in chosen],
                max_input_tokens=self.config.max_input_tokens,
                given=[given[place] for place in chosen],
                has_end=has_end,
            ),
        )

    def has_one_student(
        self, stage: TrainedStage, inputs: Sequence[str], max_new_tokens: int
    ) -> bool:
        """Return whether one opened student writes and scores, and remembers what it wrote."""
        if self.device != "cpu":
            return False
        return self._compute_type(stage, inputs, max_new_tokens) == "torch"

    def how(self, max_new_tokens: int) -> list[Any]:
        """Return what beside an input decides which text is written, as JSON."""
        how: list[Any] = [self.config.inference, max_new_tokens, self.config.max_input_tokens]
        return how + ([self.device] if self.device != "cpu" else [])

    def read(self, stage: TrainedStage, key: str, read: Callable[[Any], T]) -> T | None:
        """Return what the stage wrote before under a key, once its files are there."""
        return self.students.once_there(stage, lambda: read_written(stage.folder, key, read))

    def keep(self, stage: TrainedStage, key: str, content: Any) -> None:
        """Keep what the stage wrote, as JSON."""
        keep_written(stage.folder, key, content)

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
        folder = stage.folder / "model"
        return self.students.once_there(stage, lambda: Codec.open(folder, stage.family))

    def close(self, stage: TrainedStage) -> None:
        """Let go of the stage's students, which hold its weights in memory; they can open again."""
        self.students.close(stage)

    def _in_parts(
        self,
        what: str,
        family: Family,
        inputs: Sequence[str],
        group: Group,
        work: Callable[[Sequence[int]], list[Any]],
    ) -> list[Any]:
        """Return the work's results in order, done by length, stopping between parts if asked."""
        said = f"{what}: {group.total} questions."
        if group.before:
            said = f"{what}: {group.before} of {group.total} questions."
        self.watcher.start(what, said, len(inputs))
        results: dict[int, Any] = {}
        for chosen in self.parts(family, inputs):
            results |= zip(chosen, work(chosen), strict=True)
            self.watcher.wrote(len(results), before=group.before, total=group.total)
        return [results[place] for place in range(len(inputs))]

    def parts(self, family: Family, inputs: Sequence[str]) -> list[list[int]]:
        """Return the inputs' places by length, in parts as large as a student is asked at once."""
        order = sorted(range(len(inputs)), key=lambda place: len(inputs[place]))
        most = AT_ONCE[family] * min(self.threads, MOST_WORKERS)
        at_once = even_size(len(order), 1, most if self.device == "cpu" else AT_ONCE_ON_CARD)
        return [order[start : start + at_once] for start in range(0, len(order), at_once)]

    def _compute_type(self, stage: TrainedStage, inputs: Sequence[str], max_new_tokens: int) -> str:
        has_fast = self.students.once_there(stage, lambda: has_fast_form(stage.folder))
        asked = self.config.inference
        if asked != "fp32" and self.device == "cpu" and not self._is_told:
            self.watcher.say(f"{asked} needs a GPU; here the texts are written in fp32.")
            self._is_told = True
        if not has_fast or self.students.write_quickly(stage, len(inputs)):
            return "torch"
        if not self.students.fast_works(stage):
            return "torch"
        if asked == "fp32" or self.device == "cpu" or not inputs:
            return "float32"
        fast_type = COMPUTE_TYPES[self.config.inference]
        if stage.role not in self.agreement:
            sample = inputs[:: max(1, len(inputs) // AGREEMENT_SAMPLE)][:AGREEMENT_SAMPLE]
            exact, fast = (
                self.students.opened(stage, kind, len(sample)).generate(
                    sample, max_new_tokens, max_input_tokens=self.config.max_input_tokens
                )
                for kind in ("float32", fast_type)
            )
            equal = sum(output == other for output, other in zip(exact, fast, strict=True))
            self.agreement[stage.role] = equal / len(sample)
        return fast_type if self.agreement[stage.role] >= AGREEMENT_NEEDED else "float32"
