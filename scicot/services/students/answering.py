"""Students at work inside a run: write rationales, answer questions, score options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from scicot.adapters.students.asking.fast import MOST_WORKERS
from scicot.adapters.students.asking.scoring import OptionScore
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.machine import (
    choose_device,
    name_device,
    run_threads,
)
from scicot.adapters.students.stages.stage_files import has_fast_form, keep_written, read_written
from scicot.pure.hashing import content_hash
from scicot.pure.methods.registry import scores_end
from scicot.pure.predictions.stripping import Cuts
from scicot.pure.students.batching import even_size
from scicot.services.students.run_students import RunStudents
from scicot.services.students.stages import TrainedStage
from scicot.services.students.watcher import RunWatcher
from scicot.words.configs import TrainingConfig
from scicot.words.records import Family

if TYPE_CHECKING:
    pass

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
        count = len(inputs)
        texts = self.students.once_there(stage, lambda: read_written(stage.folder, key, count))
        if texts is None:
            kind = self._compute_type(stage, inputs, max_new_tokens)
            student = self.students.opened(stage, kind, len(inputs))
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
        student: Any = self.students.opened(stage, "torch", len(inputs))
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
