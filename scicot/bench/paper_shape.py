"""A student of exactly Flan-T5-small's shape with random weights, where there is no hub.

Speed does not depend on the weights; accuracy does, and this one knows nothing.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from scicot.adapters.students.loading import quiet_transformers

PAD, EOS, UNKNOWN = "<pad>", "</s>", "<unk>"


def build_paper_shape(folder: Path, words: Sequence[str], seed: int = 0) -> Path:
    """Write the student into `folder`, one token a word, and return it; an old one is kept."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    quiet_transformers()
    if (folder / "config.json").is_file():
        return folder
    partial = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    partial.mkdir(parents=True)
    _save_tokenizer(partial, words)
    torch.manual_seed(seed)
    config = T5Config(
        vocab_size=32128,
        d_model=512,
        d_kv=64,
        d_ff=1024,
        num_layers=8,
        num_decoder_layers=8,
        num_heads=6,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=1,
    )
    model = T5ForConditionalGeneration(config)
    # A fresh T5 comes out tied; Flan-T5's output head has weights of its own.
    model.lm_head.weight = torch.nn.Parameter(torch.randn(32128, 512) * 512**-0.5)
    model.config.tie_word_embeddings = False
    model.save_pretrained(partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return folder


def _save_tokenizer(folder: Path, words: Sequence[str]) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    known = [PAD, EOS, UNKNOWN, *dict.fromkeys(words)]
    tokenizer = Tokenizer(
        models.WordLevel({word: place for place, word in enumerate(known)}, unk_token=UNKNOWN)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.decoder = decoders.Fuse()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {EOS}", special_tokens=[(EOS, 1)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": PAD,
        "eos_token": EOS,
        "unk_token": UNKNOWN,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
