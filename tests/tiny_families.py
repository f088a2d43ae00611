"""A tiny random student of every family that docs/students.md names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.tiny_students import build_tiny_causal, build_tiny_t5, save_tokenizer

SMALL: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
GATED: dict[str, Any] = {**SMALL, "intermediate_size": 64, "num_key_value_heads": 2}
IDS: dict[str, Any] = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 1}


def save(folder: Path, kind: str, *, ends: bool = False, **fields: Any) -> Path:
    """Save a student of a transformers model class, its config's fields given."""
    import torch
    import transformers

    size = -(-save_tokenizer(folder, ends=ends) // 8) * 8  # OPT's is a multiple of 8
    torch.manual_seed(0)
    model_class = getattr(transformers, kind)
    config = model_class.config_class(vocab_size=size, **IDS, **fields)
    model_class(config).save_pretrained(folder)
    return folder


def bart(folder: Path, kind: str = "BartForConditionalGeneration") -> Path:
    """Return a BART, whose config has no normalize_before, or one of its relatives."""
    sides = {
        f"{side}_{name}": value
        for side in ("encoder", "decoder")
        for name, value in (("layers", 2), ("attention_heads", 4), ("ffn_dim", 64))
    }
    return save(
        folder,
        kind,
        ends=True,
        d_model=32,
        max_position_embeddings=256,
        decoder_start_token_id=1,
        forced_eos_token_id=None,
        **sides,
    )


def t5(folder: Path, kind: str, **fields: Any) -> Path:
    """Return a T5 or mT5."""
    small = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4}
    return save(folder, kind, ends=True, decoder_start_token_id=0, **small, **fields)


FAMILIES: dict[str, Callable[[Path], Path]] = {
    "t5": lambda folder: t5(folder, "T5ForConditionalGeneration", feed_forward_proj="relu"),
    "flan-t5": build_tiny_t5,
    "mt5": lambda folder: t5(
        folder,
        "MT5ForConditionalGeneration",
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
    ),
    "t5-v1.1": lambda folder: t5(
        folder,
        "T5ForConditionalGeneration",
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
    ),
    "bart": bart,
    # the converter fails on one and does not know the other
    "pegasus": lambda folder: bart(folder, "PegasusForConditionalGeneration"),
    "blenderbot": lambda folder: bart(folder, "BlenderbotSmallForConditionalGeneration"),
    "smollm2": build_tiny_causal,
    "llama": lambda folder: save(folder, "LlamaForCausalLM", max_position_embeddings=256, **GATED),
    "gpt2": lambda folder: save(
        folder, "GPT2LMHeadModel", n_embd=32, n_layer=2, n_head=4, n_positions=256
    ),
    "pythia": lambda folder: save(
        folder, "GPTNeoXForCausalLM", max_position_embeddings=256, intermediate_size=64, **SMALL
    ),
    "qwen2": lambda folder: save(folder, "Qwen2ForCausalLM", max_position_embeddings=256, **GATED),
    "qwen3": lambda folder: save(
        folder, "Qwen3ForCausalLM", max_position_embeddings=256, head_dim=8, **GATED
    ),
    "mistral": lambda folder: save(
        folder, "MistralForCausalLM", max_position_embeddings=256, **GATED
    ),
    "opt": lambda folder: save(
        folder,
        "OPTForCausalLM",
        max_position_embeddings=256,
        ffn_dim=64,
        word_embed_proj_dim=32,
        **SMALL,
    ),
    "gpt-neo": lambda folder: save(  # unknown to CTranslate2
        folder,
        "GPTNeoForCausalLM",
        max_position_embeddings=256,
        hidden_size=32,
        num_layers=2,
        num_heads=4,
        attention_types=[[["global", "local"], 1]],
    ),
}
