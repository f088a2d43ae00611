"""`bench plain`: a fine-tune run beside the plainest loop over transformers on the same questions.

What a reader would write to check a run: transformers' own model and loss, torch's AdamW, batches
padded to their longest, every option scored by itself. Texts and tokens are the run's; all that
this project does to be fast or to choose weights is left out.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from scicot.adapters.students.codec import Codec, encode_options
from scicot.adapters.students.folders import find_student
from scicot.adapters.students.loading import load_model
from scicot.pure.evaluation.comparison import count_cells, say_comparison, sort_into_cells
from scicot.pure.methods.finetune import ANSWERS, METHOD
from scicot.pure.methods.registry import read_config, scores_end
from scicot.pure.methods.tasks import Choosing, make_choosing, make_task
from scicot.pure.students.texts import form_of
from scicot.services.evaluation.answered import Reading
from scicot.services.evaluation.seed_answers import load_answers
from scicot.services.questions.lookup import list_questions
from scicot.services.runs.runs import get_run
from scicot.services.training.data import read_training_data
from scicot.words.configs import TrainingConfig
from scicot.words.errors import InvalidInput
from scicot.words.records import Family, RunStatus, Split
from scicot.words.settings import Settings

IGNORED = -100  # transformers' own mark of a target that does not count


def bench_plain(session: Session, settings: Settings, run_id: int) -> dict[str, Any]:
    """Return the accuracy by options of a finished fine-tune run and of the plain loop, compared.

    The loop has the run's seed, questions, rate, steps and questions a step, and fp32 throughout;
    its weights are the last. Raises NotFound, InvalidInput for a run that it cannot repeat.
    """
    run = get_run(session, run_id)
    config = read_config(run.config)
    student = find_student(config.student, settings)
    if (
        run.status is not RunStatus.DONE
        or run.method != METHOD.name
        or student.family is not Family.CAUSAL
    ):
        raise InvalidInput(
            f"Run {run_id} is no finished fine-tune run of a causal student. Choose one that is."
        )
    started = time.process_time()
    codec = Codec.open(student.path, student.family)
    model = load_model(student.path, student.family)
    form = form_of(config)
    data = read_training_data(session, config)
    pairs = [
        (
            codec.encode_input(example.input, config.max_input_tokens),
            codec.encode_target(example.target),
        )
        for example in make_task(ANSWERS, data.train, form=form).examples
    ]
    losses = _train(model, pairs, config, codec.special.pad)
    split = Split(config.evaluate_on)
    asked = list_questions(session, config.dataset, split, config.limit_test)
    choosing = make_choosing(ANSWERS, asked, form=form)
    plain = {one.question_id: _is_right(model, codec, one, config) for one in choosing}
    ours = load_answers(session, [run_id], Reading.OPTIONS)[run_id]
    found = count_cells(sort_into_cells(ours, plain))
    return {
        "run": run_id,
        "questions": found.matched,
        "ours": found.accuracy_a,
        "plain": found.accuracy_b,
        "sentence": say_comparison(found, f"Run {run_id}", "the plain loop"),
        "interval": [found.interval.low, found.interval.high] if found.interval else None,
        "mid_p": found.mid_p,
        "steps": len(losses),
        "loss": [losses[0], losses[-1]],  # nats a target token, of the first step and the last
        "trained_on": len(pairs),
        "processor_seconds": round(time.process_time() - started, 1),
    }


def _train(
    model: Any, pairs: Sequence[tuple[list[int], list[int]]], config: TrainingConfig, pad: int
) -> list[float]:
    """Train on (input ids, target ids), reshuffled each pass; return the loss of each step."""
    import torch
    from transformers import get_linear_schedule_with_warmup

    size = config.questions_per_step
    total = config.steps or math.ceil(config.epochs * len(pairs) / size)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
    )
    rate = get_linear_schedule_with_warmup(optimizer, round(total * config.warmup_fraction), total)
    generator = torch.Generator().manual_seed(config.seed)
    torch.manual_seed(config.seed)
    model.train()
    losses: list[float] = []
    while len(losses) < total:
        order = torch.randperm(len(pairs), generator=generator).tolist()
        for start in range(0, len(order), size):
            rows = [pairs[place] for place in order[start : start + size]]
            longest = max(len(read) + len(target) for read, target in rows)
            ids, labels, mask = [], [], []
            for read, target in rows:
                gap = longest - len(read) - len(target)
                ids.append(read + target + [pad] * gap)
                labels.append([IGNORED] * len(read) + target + [IGNORED] * gap)
                mask.append([1] * (longest - gap) + [0] * gap)
            loss = model(
                input_ids=torch.tensor(ids),
                attention_mask=torch.tensor(mask),
                labels=torch.tensor(labels),
            ).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), config.gradient_clip)
            optimizer.step()
            optimizer.zero_grad()
            rate.step()
            losses.append(loss.item())
            if len(losses) == total:
                break
    model.eval()
    return losses


def _is_right(model: Any, codec: Codec, asked: Choosing, config: TrainingConfig) -> bool:
    """Return whether the right option has the highest sum of its tokens' log-probabilities."""
    import torch

    read = codec.encode_input(asked.input, config.max_input_tokens)
    options, _ = encode_options(codec, asked.options, asked.after, has_end=scores_end(config))
    scores = []
    for target in options:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([read + target])).logits[0].log_softmax(-1)
        places = range(len(read) - 1, len(read) + len(target) - 1)
        scores.append(
            sum(logits[at, token].item() for at, token in zip(places, target, strict=True))
        )
    return max(range(len(scores)), key=scores.__getitem__) == asked.right
