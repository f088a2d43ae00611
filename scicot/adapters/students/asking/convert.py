"""Convert a student to CTranslate2, which answers several times faster than transformers.

Whatever the converter cannot do, transformers does: a student that cannot be converted, or whose
converted form scores texts otherwise, answers through transformers, and the reason is told.
"""

from __future__ import annotations

import copy
import errno
import gc
import json
import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scicot.adapters.disk import is_there
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.loading import load_model, quiet_transformers
from scicot.words.records import Example, Family
from scicot.words.storage import full_disk, says_full

CLOSE = 0.02  # nats a token by which the two forms may differ; rounding gives less than 0.0001
SCALED = ("t5", "mt5", "umt5")
TRIED = 3  # examples that both forms score
log = logging.getLogger(__name__)


def try_conversion(model: Any, folder: Path) -> str | None:
    """Return why CTranslate2 cannot take this student, or None; nothing is written.

    `folder` holds config and tokenizer. To be asked before training, not hours later.
    """
    try:
        with _short_collections():
            _converter(model, folder)._load().validate()
    except (
        Exception
    ) as error:  # the converter is not ours: whatever it raises, transformers answers
        return _reason(error)
    return None


def convert_student(
    folder: Path,
    output: Path,
    family: Family,
    *,
    model: Any = None,
    examples: Sequence[Example] = (),
) -> str | None:
    """Write the student of `folder` to `output`; return None, or why it cannot be converted.

    `model` is the folder's model where it is in memory already. A few `examples` are scored by both
    forms, which must agree.
    """
    model = load_model(folder, family).eval() if model is None else model
    try:
        with _short_collections():
            _converter(model, folder).convert(str(output), quantization="float32")
        _fill_missing_tokens(output / "config.json")
        codec = Codec.open(folder, family)
        codec.save(output)
        reason = _difference(TorchStudent(model, codec), output, examples)
    except Exception as error:  # as above
        if says_full(error):  # no fault of the student's: it would be slow for ever
            shutil.rmtree(output, ignore_errors=True)
            raise full_disk(f"the student in {output}") from error
        if not is_there(folder):  # nor this
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder)) from error
        log.info("The conversion failed", exc_info=True)
        reason = _reason(error)
    if reason is not None:
        shutil.rmtree(output, ignore_errors=True)
    return reason


def _difference(student: TorchStudent, output: Path, examples: Sequence[Example]) -> str | None:
    if not examples:
        return None
    examples = sorted(examples, key=lambda pair: len(pair.input) + len(pair.target))[:TRIED]
    inputs = [example.input for example in examples]
    targets = [[example.target] for example in examples]
    fast = FastStudent.open(output, threads=1)
    pairs = zip(fast.score(inputs, targets), student.score(inputs, targets), strict=True)
    for example, ([quick], [exact]) in zip(examples, pairs, strict=True):
        length = len(student.codec.encode_target(example.target))
        if not abs(quick - exact) <= CLOSE * length:
            return f"its form there scores a text {abs(quick - exact):.2f} nats off"
    return None


def _converter(model: Any, folder: Path) -> Any:
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):  # type: ignore[misc]
        """The converter, given the model that is in memory already."""

        def load_model(self, *_: Any, **__: Any) -> Any:
            """Return a copy of the model's frame: the converter takes a model apart."""
            return _as_converter_reads(model)

        def load_tokenizer(self, *arguments: Any, **options: Any) -> Any:
            """Return the tokenizer with exactly one token for each row of the model's weights."""
            tokenizer = super().load_tokenizer(*arguments, **options)
            rows = model.get_input_embeddings().weight.shape[0]
            names = {place: token for token, place in tokenizer.get_vocab().items()}
            known = {names.get(place, f"<no_token_{place}>"): place for place in range(rows)}
            tokenizer.get_vocab = lambda: known
            return tokenizer

    quiet_transformers()
    return Converter(str(folder))


@contextmanager
def _short_collections() -> Iterator[None]:
    """Keep what is in memory already out of the garbage collector's sight for a while.

    The converter has it collect after each layer, and each time it would go through all objects of
    torch and transformers: four fifths of the time that a causal student of 30 layers took.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _as_converter_reads(model: Any) -> Any:
    """Return the model, its weights shared, with a config that tells the converter the truth.

    It was written for transformers 4. There, a T5 whose `tie_word_embeddings` is set scales its
    outputs by d_model^-0.5; transformers 5 sets it for all, moved the scaling of T5 to
    `scale_decoder_outputs` and lets mT5 do without. Greedy text would not show the difference,
    log-probabilities do.
    """
    tensors = [*model.parameters(), *model.buffers()]
    frame = copy.deepcopy(model, {id(tensor): _on_cpu(tensor) for tensor in tensors})
    config = frame.config
    if config.model_type in SCALED:
        config.tie_word_embeddings = getattr(config, "scale_decoder_outputs", False)
    if config.model_type == "bart" and not hasattr(config, "normalize_before"):
        config.normalize_before = False  # as in every BART that transformers can load
    if config.model_type == "gpt_neox":  # both have other names since
        config.rotary_pct = config.rope_parameters["partial_rotary_factor"]
        frame.embed_out = frame.get_output_embeddings()
    return frame


def _on_cpu(tensor: Any) -> Any:
    """Return a tensor on the processor; itself where it lies there."""
    if tensor.device.type == "cpu":
        return tensor
    moved = tensor.detach().cpu()
    return type(tensor)(moved, requires_grad=False) if tensor.requires_grad else moved


def _reason(error: Exception) -> str:
    if "No conversion is registered" in str(error):
        return "it does not know the architecture"
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"{type(error).__name__}: {first[:200]}"


def _fill_missing_tokens(path: Path) -> None:
    # A tokenizer without a BOS or UNK token leaves null there, which CTranslate2 cannot read.
    config = json.loads(path.read_text(encoding="utf-8"))
    end = config.get("eos_token")
    for key in [key for key, value in config.items() if value is None]:
        if key.endswith("_token"):
            config[key] = end
        else:
            del config[key]
    path.write_text(json.dumps(config), encoding="utf-8")
