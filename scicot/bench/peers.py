"""How students are usually trained and asked: transformers' own Trainer and generate, batch 8.

Only benchmarks use this: it is what `bench` compares with, in the same process and on the same
texts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scicot.adapters.students.codec import Codec, encode_options
from scicot.adapters.students.loading import device_of, load_model, place_model
from scicot.adapters.students.loss import TokenBatch, batch_loss, padded
from scicot.adapters.students.machine import has_gpu
from scicot.bench.stopwatch import work_seconds
from scicot.pure.methods.tasks import Task
from scicot.pure.students.batching import Batch
from scicot.words.records import Family

BATCH = 8
MAX_INPUT, MAX_TARGET = 512, 256


@dataclass(frozen=True, slots=True)
class Timed:
    """What a piece of work gave, and the seconds that it took by `work_seconds`."""

    value: Any
    seconds: float


class PeerStudent:
    """A student used the usual way; what trains here is an encoder-decoder."""

    def __init__(self, folder: Path, family: Family = Family.ENCODER_DECODER) -> None:
        self.folder = folder
        self.model = place_model(load_model(folder, family))
        self.codec = Codec.open(folder, family)

    def train(
        self,
        task: Task,
        *,
        padded: bool = False,
        epochs: float = 1.0,
        learning_rate: float = 3e-4,
        bf16: bool = False,
    ) -> Timed:
        """Train with Seq2SeqTrainer; `padded` pads every text to 512 / 256, else to its batch."""
        from transformers import Seq2SeqTrainer

        settings = {"num_train_epochs": epochs, "learning_rate": learning_rate, "bf16": bf16}
        return self._train(Seq2SeqTrainer, _rows(self.codec, task), padded=padded, **settings)

    def train_on_batches(
        self, task: Task, batches: Sequence[Batch], *, own_loss: bool, bf16: bool
    ) -> Timed:
        """Train with Seq2SeqTrainer on batches chosen before, and with our loss if wanted.

        It is what our loop would be if it were Trainer's; memory is kept as in a run.
        """
        from torch.utils.data import DataLoader
        from transformers import Seq2SeqTrainer

        chosen = [list(batch) for batch in batches]

        class OnBatches(Seq2SeqTrainer):  # type: ignore[misc]
            """A trainer that takes its batches as they are given."""

            def get_train_dataloader(self) -> Any:
                """Return the batches in their order."""
                return DataLoader(
                    self.train_dataset, batch_sampler=chosen, collate_fn=self.data_collator
                )

        class WithLoss(OnBatches):
            """And computes logits at target positions only."""

            def compute_loss(self, model: Any, inputs: Any, *_: Any, **__: Any) -> Any:
                """Return the loss of Eq. 1."""
                batch = TokenBatch(**inputs, tokens=0)
                return batch_loss(model, batch, Family.ENCODER_DECODER)

        kind = WithLoss if own_loss else OnBatches
        return self._train(kind, _rows(self.codec, task), bf16=bf16)

    def _train(
        self,
        make: Callable[..., Any],
        rows: Sequence[dict[str, list[int]]],
        *,
        padded: bool = False,
        **settings: Any,
    ) -> Timed:
        """Return the time that a trainer takes, from before its first step to after its last."""
        from transformers import PrinterCallback, Seq2SeqTrainingArguments, TrainerCallback

        clock, pad = _Clock(), self.codec.special.pad

        class Stopwatch(TrainerCallback):  # type: ignore[misc]
            """Leaves out what comes before the first step and after the last."""

            def on_train_begin(self, *_: Any, **__: Any) -> None:
                """Start the clock."""
                clock.start()

            def on_train_end(self, *_: Any, **__: Any) -> None:
                """Stop the clock."""
                clock.stop()

        with tempfile.TemporaryDirectory() as folder:
            arguments = Seq2SeqTrainingArguments(
                output_dir=folder,
                per_device_train_batch_size=BATCH,
                report_to=[],
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
                dataloader_pin_memory=False,
                use_cpu=not has_gpu(),
                **{"num_train_epochs": 1.0, "learning_rate": 3e-4} | settings,
            )
            trainer = make(
                model=self.model,
                args=arguments,
                train_dataset=rows,
                data_collator=lambda chosen: _pad_rows(chosen, pad, padded),
                callbacks=[Stopwatch()],
            )
            trainer.remove_callback(PrinterCallback)  # it prints to stdout
            trainer.train()
        return Timed(None, clock.seconds)

    def generate(self, inputs: Sequence[str], max_new_tokens: int) -> Timed:
        """Return the greedy texts, eight at a time in the order given."""
        import torch

        self.model.eval()
        started = work_seconds()
        texts: list[str] = []
        # a causal student goes on from the last token, so padding stands before the text
        turn = -1 if self.codec.special.family is Family.CAUSAL else 1
        with torch.no_grad():
            for start in range(0, len(inputs), BATCH):
                rows = [
                    {"input_ids": self.codec.encode_input(text, MAX_INPUT)[::turn], "labels": [0]}
                    for text in inputs[start : start + BATCH]
                ]
                batch = self._place(_pad_rows(rows, self.codec.special.pad, False))
                ids, mask = (
                    batch[name].flip(1) if turn < 0 else batch[name]
                    for name in ("input_ids", "attention_mask")
                )
                outputs = self.model.generate(
                    input_ids=ids,
                    attention_mask=mask,
                    max_new_tokens=max_new_tokens,
                    do_sample=False,
                    num_beams=1,
                )
                first = ids.shape[1] if turn < 0 else 1
                texts += [self.codec.decode(row[first:]) for row in outputs.tolist()]
        return Timed(texts, work_seconds() - started)

    def score(
        self,
        inputs: Sequence[str],
        options: Sequence[Sequence[str]],
        *,
        given: str | None = None,
        has_end: bool = True,
    ) -> Timed:
        """Return each option's log-probability, input and option read together, eight at a time.

        `given` is what every option is scored after, read but not counted.
        """
        import torch

        self.model.eval()
        started = work_seconds()
        rows = [
            self._scored_row(text, target, skip)
            for text, texts in zip(inputs, options, strict=True)
            for targets, skip in [encode_options(self.codec, texts, given, has_end=has_end)]
            for target in targets
        ]
        flat: list[float] = []
        with torch.no_grad():
            for start in range(0, len(rows), BATCH):
                flat += self._score_rows(rows[start : start + BATCH])
        ordered = iter(flat)
        value = [[next(ordered) for _ in texts] for texts in options]
        return Timed(value, work_seconds() - started)

    def _scored_row(self, text: str, target: list[int], skip: int) -> dict[str, list[int]]:
        """Return what is read, and which of the target's tokens count."""
        prompt = self.codec.encode_input(text, MAX_INPUT)
        counted = [0] * skip + [1] * (len(target) - skip)
        if self.codec.special.family is Family.CAUSAL:
            whole = prompt + target
            return {"input_ids": whole, "labels": whole, "counted": [0] * len(prompt) + counted}
        return {"input_ids": prompt, "labels": target, "counted": counted}

    def _score_rows(self, rows: Sequence[dict[str, list[int]]]) -> list[float]:
        batch = self._place(_pad_rows(rows, self.codec.special.pad, False))
        counted = padded([row["counted"] for row in rows], 0, device_of(self.model))
        labels = batch["labels"].clamp(min=0)
        if self.codec.special.family is Family.CAUSAL:  # a token is told by those before it
            del batch["labels"]
            labels, counted = labels[:, 1:], counted[:, 1:]
            logits = self.model(**batch).logits[:, :-1]
        else:
            logits = self.model(**batch).logits
        picked = logits.log_softmax(dim=-1).gather(2, labels[:, :, None])[:, :, 0]
        return [float(score) for score in (picked * counted).sum(dim=1).tolist()]

    def _place(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        device = device_of(self.model)
        return {name: value.to(device) for name, value in batch.items()}


class _Clock:
    """Work seconds between start and stop."""

    def __init__(self) -> None:
        self._started = self.seconds = 0.0

    def start(self) -> None:
        self._started = work_seconds()

    def stop(self) -> None:
        self.seconds = work_seconds() - self._started


def _rows(codec: Codec, task: Task) -> list[dict[str, list[int]]]:
    return [
        {
            "input_ids": codec.encode_input(example.input, MAX_INPUT),
            "labels": codec.encode_target(example.target, MAX_TARGET),
        }
        for example in task.examples
    ]


def _pad_rows(rows: Sequence[dict[str, list[int]]], pad: int, to_limits: bool) -> dict[str, Any]:
    import torch

    longest_input = MAX_INPUT if to_limits else max(len(row["input_ids"]) for row in rows)
    longest_target = MAX_TARGET if to_limits else max(len(row["labels"]) for row in rows)

    def fill(name: str, length: int, value: int) -> Any:
        return torch.tensor(
            [row[name] + [value] * (length - len(row[name])) for row in rows], dtype=torch.long
        )

    ids = fill("input_ids", longest_input, pad)
    lengths = torch.tensor([len(row["input_ids"]) for row in rows])
    mask = (torch.arange(longest_input)[None, :] < lengths[:, None]).long()
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "labels": fill("labels", longest_target, -100),
    }
