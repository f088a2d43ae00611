"""Convert a saved student to CTranslate2, which answers several times faster than transformers."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from scicot.adapters.students.codec import Codec
from scicot.adapters.students.loading import quiet_transformers
from scicot.words.records import Family

log = logging.getLogger(__name__)


def convert_student(folder: Path, output: Path, family: Family) -> bool:
    """Write the converted student to `output`; False when CTranslate2 lacks the architecture."""
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):  # type: ignore[misc]
        """The converter, told the truth about T5's output scaling."""

        def load_model(self, model_class: Any, model_name_or_path: str, **options: Any) -> Any:
            """Return the model with `tie_word_embeddings` saying what the converter takes it for.

            transformers 5 sets it for every T5 and moved the scaling to `scale_decoder_outputs`;
            the converter still reads the first and would multiply all logits by d_model^-0.5:
            greedy text stays the same, log-probabilities do not.
            """
            model = model_class.from_pretrained(
                model_name_or_path, use_safetensors=True, local_files_only=True, **options
            )
            scaled = getattr(model.config, "scale_decoder_outputs", None)
            if scaled is not None:
                model.config.tie_word_embeddings = scaled
            return model

    quiet_transformers()
    try:
        Converter(str(folder)).convert(str(output), quantization="float32")
    except ValueError as error:
        if "No conversion is registered" not in str(error):
            raise
        log.info("CTranslate2 does not know this architecture; transformers generates instead.")
        return False
    _fill_missing_tokens(output / "config.json")
    Codec.open(folder, family).save(output)
    return True


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
