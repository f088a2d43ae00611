"""Tiny random students of both families with a tokenizer of their own, as local folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

TEXTS = [
    "Question: Which statement number 0123456789 about the moon is true?\n"
    "Options: (A) moon fact a1 (B) river fact b2 (C) iron fact c3 (D) leaf fact d4",
    "Rationale: The fact follows from what the question says. sound heat bone cloud fern magnet",
    "Answer: The answer is (A) moon fact. The answer is (B), (C) or (D). predict: explain:",
    "How long does Earth need to turn seven times? One day One week One month One year",
]
SPECIAL = ["<pad>", "</s>", "<unk>"]


def train_tokenizer(*, ends: bool, vocabulary: int = 420) -> Tokenizer:
    """Return a byte-level BPE tokenizer; `ends` adds </s> to each text, as T5's does."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS * 4, trainer)
    if ends:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="$A </s>", special_tokens=[("</s>", 1)]
        )
    return tokenizer


def save_tokenizer(folder: Path, *, ends: bool) -> int:
    """Save the tokenizer as transformers would and return its vocabulary's size."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(ends=ends)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "pad_token": "<pad>",
                "eos_token": "</s>",
                "unk_token": "<unk>",
                "model_max_length": 512,
            }
        )
    )
    return tokenizer.get_vocab_size()


def build_tiny_t5(folder: Path, *, seed: int = 0, dropout: float = 0.1) -> Path:
    """Save a random T5 of about 200,000 parameters, its head untied as Flan-T5's is."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    size = save_tokenizer(folder, ends=True)
    torch.manual_seed(seed)
    config = T5Config(
        vocab_size=size,
        d_model=64,
        d_kv=16,
        d_ff=128,
        num_layers=2,
        num_decoder_layers=2,
        num_heads=4,
        dropout_rate=dropout,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=1,
    )
    model = T5ForConditionalGeneration(config)
    model.lm_head.weight = torch.nn.Parameter(torch.randn(size, 64) * 0.05)
    model.save_pretrained(folder)
    return folder


def build_tiny_causal(folder: Path, *, seed: int = 0) -> Path:
    """Save a random Llama of about 150,000 parameters with tied embeddings, as SmolLM2's are."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    size = save_tokenizer(folder, ends=False)
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=size,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


# A module that imports a fixture has one of its own; the folder is the same for all of them.
@pytest.fixture(scope="session")
def tiny_t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.getbasetemp() / "students" / "tiny-t5"
    return folder if folder.exists() else build_tiny_t5(folder)


@pytest.fixture(scope="session")
def tiny_causal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.getbasetemp() / "students" / "tiny-causal"
    return folder if folder.exists() else build_tiny_causal(folder)


def build_wordy_t5(folder: Path) -> Path:
    """Save a T5 whose unigram vocabulary, as Flan-T5's, lacks { } | and <."""
    from tokenizers import models as kinds

    build_tiny_t5(folder)
    letters = "abcdefghijklmnopqrstuvwxyzQOWATB?:()0123456789\n"
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    tokenizer = Tokenizer(kinds.Unigram([*pieces, *((one, -3.0) for one in letters)], unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder
