"""What a student reads, computes and writes is what transformers reads, computes and writes."""

import json
import os
import shutil
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from scicot.adapters.students.asking.convert import convert_student
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.asking.torch_student import TorchStudent
from scicot.adapters.students.codec import Codec
from scicot.adapters.students.folders import inspect_folder
from scicot.adapters.students.loading import load_model
from scicot.adapters.students.loss import Pair, batch_loss, collate
from scicot.words.errors import StudentError
from scicot.words.records import Family
from tests.tiny_students import tiny_causal, tiny_t5

__all__ = ["tiny_causal", "tiny_t5"]

INPUTS = [
    "Question: How long does Earth need to turn seven times?\nOptions: (A) One day (B) One week",
    "Question: Which is true about the moon?\nOptions: (A) moon fact (B) river fact (C) iron fact",
    "Question: leaf?",
]
OPTIONS = [
    ["Answer: The answer is (A) One day", "Answer: The answer is (B) One week"],
    ["Answer: The answer is (A) moon fact", "Answer: The answer is (B) river fact", "Answer: no"],
    ["Answer: The answer is (A) x"],
]


@pytest.fixture(params=["tiny_t5", "tiny_causal"])
def student(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder


@pytest.fixture
def family(student: Path) -> Family:
    return inspect_folder("tiny", student).family


def pairs_of(codec: Codec) -> list[Pair]:
    return [
        Pair(codec.encode_input(text), codec.encode_target(option))
        for text, options in zip(INPUTS, OPTIONS, strict=True)
        for option in options
    ]


def test_our_loss_is_transformers_loss_on_the_same_batch(student: Path, family: Family) -> None:
    codec, model = Codec.open(student, family), load_model(student, family).eval()
    pairs = pairs_of(codec)
    with torch.no_grad():
        ours = batch_loss(model, collate(pairs, family, codec.special.pad), family)
        if family is Family.ENCODER_DECODER:
            batch = collate(pairs, family, codec.special.pad)
            theirs = model(
                input_ids=batch.input_ids, attention_mask=batch.attention_mask, labels=batch.labels
            ).loss
        else:
            whole = [
                Pair(one.input_ids + one.target_ids, [-100] * len(one.input_ids) + one.target_ids)
                for one in pairs
            ]
            batch = collate(whole, Family.ENCODER_DECODER, codec.special.pad)
            theirs = model(
                input_ids=batch.input_ids, attention_mask=batch.attention_mask, labels=batch.labels
            ).loss
    assert float(ours) == pytest.approx(float(theirs), abs=1e-5)


def test_padding_is_no_target(student: Path, family: Family) -> None:
    codec = Codec.open(student, family)
    batch = collate(pairs_of(codec), family, codec.special.pad)
    assert int((batch.labels != -100).sum()) == sum(len(one.target_ids) for one in pairs_of(codec))
    assert (batch.labels == -100).any()


def test_token_ids_are_those_of_transformers_own_tokenizer(student: Path, family: Family) -> None:
    codec, theirs = Codec.open(student, family), AutoTokenizer.from_pretrained(student)
    for text in INPUTS:
        plain = theirs(text).input_ids
        expected = plain if family is Family.ENCODER_DECODER else [*plain, *theirs("\n").input_ids]
        assert codec.encode_input(text) == expected
        assert codec.decode(codec.encode_target(text)) == text


def test_a_cut_input_keeps_its_ending(student: Path, family: Family) -> None:
    codec = Codec.open(student, family)
    whole, cut = codec.encode_input(INPUTS[0]), codec.encode_input(INPUTS[0], 9)
    assert len(cut) == 9
    assert cut[-1] == whole[-1]
    assert codec.encode_target(INPUTS[0], 5)[-1] == codec.special.eos


@pytest.fixture
def fast(student: Path, family: Family, tmp_path: Path) -> FastStudent:
    assert convert_student(student, tmp_path / "ct2", family) is None
    return FastStudent.open(tmp_path / "ct2", threads=1)


def test_fast_text_is_transformers_text(fast: FastStudent, student: Path, family: Family) -> None:
    slow = TorchStudent.open(student, family, threads=1)
    assert fast.generate(INPUTS, 24) == slow.generate(INPUTS, 24)


def test_what_follows_a_given_beginning_is_transformers_text(
    fast: FastStudent, student: Path, family: Family
) -> None:
    slow = TorchStudent.open(student, family, threads=1)
    given = ["Rationale: Seven turns take a week. Answer:", "Rationale: moon Answer:", "Answer:"]
    written = slow.generate(INPUTS, 12, given=given)
    assert fast.generate(INPUTS, 12, given=given) == written
    assert written != slow.generate(INPUTS, 12)
    alone = [
        text
        for asked, begun in zip(INPUTS, given, strict=True)
        for text in fast.generate([asked], 12, given=[begun])
    ]
    assert alone == written


def test_an_answer_side_by_side_is_what_is_written_and_scored_one_after_the_other(
    fast: FastStudent, tmp_path: Path
) -> None:
    both = FastStudent.open(tmp_path / "ct2", threads=2, at_once=2)
    [written], [scored] = fast.generate(INPUTS[:1], 24), fast.score(INPUTS[:1], OPTIONS[:1])
    text, scores = both.answer(INPUTS[0], OPTIONS[0], 24)
    assert text == written
    assert scores == pytest.approx(scored, abs=1e-5)


def test_fast_log_probabilities_are_transformers(
    fast: FastStudent, student: Path, family: Family
) -> None:
    codec, model = fast.codec, load_model(student, family).eval()
    for text, options, row in zip(INPUTS, OPTIONS, fast.score(INPUTS, OPTIONS), strict=True):
        for option, score in zip(options, row, strict=True):
            pair = Pair(codec.encode_input(text), codec.encode_target(option))
            with torch.no_grad():
                loss = batch_loss(model, collate([pair], family, codec.special.pad), family)
            assert score == pytest.approx(-float(loss) * len(pair.target_ids), abs=1e-4)


def test_reading_the_input_once_changes_no_score(
    fast: FastStudent, student: Path, family: Family
) -> None:
    once = TorchStudent.open(student, family, threads=1)
    given = ["Rationale: Earth turns.", None, "Rationale: leaf"]
    for beginning in (None, given):
        ours = once.score(INPUTS, OPTIONS, given=beginning)
        theirs = fast.score(INPUTS, OPTIONS, given=beginning)
        assert [len(row) for row in ours] == [2, 3, 1]
        for row, other in zip(ours, theirs, strict=True):
            assert row == pytest.approx(other, abs=1e-4)


def test_an_option_without_its_end_is_its_words_alone(
    fast: FastStudent, student: Path, family: Family
) -> None:
    once, codec = TorchStudent.open(student, family, threads=1), Codec.open(student, family)
    model = load_model(student, family).eval()
    given, texts = ["Answer:"] * 3, [["One day", "One week"], ["leaf", "leaf fact"], ["x"]]
    ours = once.score_both(INPUTS, texts, given=given, has_end=False)
    theirs = fast.score(INPUTS, texts, given=given, has_end=False)
    for text, options, row, other in zip(INPUTS, texts, ours, theirs, strict=True):
        assert [score.total for score in row] == pytest.approx(other, abs=1e-4)
        for option, score in zip(options, row, strict=True):
            with torch.no_grad():
                whole, before = (
                    -float(batch_loss(model, collate([pair], family, codec.special.pad), family))
                    * len(pair.target_ids)
                    for pair in (
                        Pair(codec.encode_input(text), codec.encode_target(target)[:-1])
                        for target in (f"Answer: {option}", "Answer:")
                    )
                )
            assert score.total == pytest.approx(whole - before, abs=1e-4)


def test_the_first_token_that_differs_is_scored_by_itself(student: Path, family: Family) -> None:
    once = TorchStudent.open(student, family, threads=1)
    rows = once.score_both(INPUTS, OPTIONS)
    for row in rows[:2]:
        assert all(score.total < score.first <= 0 for score in row)


def test_what_is_given_is_not_counted(student: Path, family: Family) -> None:
    once = TorchStudent.open(student, family, threads=1)
    beginning = "Rationale: Earth turns."
    [[with_given]] = once.score([INPUTS[0]], [["Answer: One day"]], given=[beginning])
    [[whole]] = once.score([INPUTS[0]], [[f"{beginning} Answer: One day"]])
    [[alone]] = once.score([INPUTS[0]], [[beginning]])
    assert with_given > whole
    assert with_given != pytest.approx(alone)


def test_questions_after_rationales_of_unlike_lengths_are_scored_together(
    tiny_causal: Path,
) -> None:
    student = TorchStudent.open(tiny_causal, Family.CAUSAL, threads=1)
    given = [f"Rationale: {'leaf ' * count}." for count in range(1, 9)]
    inputs, options = [INPUTS[0]] * 8, [["One day", "One week"]] * 8
    alone = [
        student.score([text], [row], given=[before])[0]
        for text, row, before in zip(inputs, options, given, strict=True)
    ]
    passes: list[int] = []
    student.model.register_forward_pre_hook(lambda *_: passes.append(1))
    for row, other in zip(student.score(inputs, options, given=given), alone, strict=True):
        assert row == pytest.approx(other, abs=1e-4)
    assert len(passes) <= 3  # what is given once, then the options by their lengths


def test_workers_share_the_texts_out_and_write_the_same(
    fast: FastStudent, tmp_path: Path, family: Family
) -> None:
    side_by_side = FastStudent.open(tmp_path / "ct2", threads=2, at_once=2)
    assert side_by_side.workers == 2
    for count in (1, 2, 3, 7):
        inputs = (INPUTS * 3)[:count]
        assert side_by_side.generate(inputs, 24) == fast.generate(inputs, 24)


def copy(student: Path, folder: Path) -> Path:
    return Path(shutil.copytree(student, folder))


def test_a_folder_that_asks_to_run_code_is_refused(tiny_t5: Path, tmp_path: Path) -> None:
    folder = copy(tiny_t5, tmp_path / "evil")
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModelForSeq2SeqLM": "evil.Model"}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(StudentError, match="auto_map"):
        inspect_folder("evil", folder)


@pytest.mark.parametrize(
    "asked",
    [
        {"attn_implementation": "somebody/kernels"},
        {"_attn_implementation": "paged|somebody/kernels@main:run"},
        {"text_config": {"attn_implementation": "flash_attention_2"}},
        {"text_config": {"auto_map": {"AutoModel": "evil.Model"}}},
    ],
)
def test_code_that_is_asked_for_otherwise_is_refused_too(
    tiny_t5: Path, tmp_path: Path, asked: dict[str, object]
) -> None:
    folder = copy(tiny_t5, tmp_path / "evil")
    config = json.loads((folder / "config.json").read_text()) | asked
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(StudentError, match="asks to run code"):
        inspect_folder("evil", folder)


def test_adapters_that_name_another_folder_and_what_is_no_file_are_refused(
    tiny_t5: Path, tmp_path: Path
) -> None:
    folder = copy(tiny_t5, tmp_path / "adapters")
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "../../etc"}')
    with pytest.raises(StudentError, match="adapters to another model"):
        inspect_folder("adapters", folder)
    (folder / "adapter_config.json").unlink()
    (folder / "tokenizer.json").unlink()
    os.mkfifo(folder / "tokenizer.json")
    with pytest.raises(StudentError, match=r"tokenizer\.json cannot be read"):
        inspect_folder("adapters", folder)


@pytest.mark.parametrize(
    "odd", [{"architectures": 5}, {"vocab_size": "x"}, {"quantization_config": 5}, {"d_model": {}}]
)
def test_whatever_a_config_holds_it_is_refused_by_a_sentence(
    tiny_t5: Path, tmp_path: Path, odd: dict[str, object]
) -> None:
    folder = copy(tiny_t5, tmp_path / "odd")
    config = json.loads((folder / "config.json").read_text()) | odd
    (folder / "config.json").write_text(json.dumps(config))
    if "architectures" in odd:
        assert inspect_folder("odd", folder).family is Family.ENCODER_DECODER
        return
    with pytest.raises(StudentError, match="cannot be loaded"):
        load_model(folder, inspect_folder("odd", folder).family)
    (folder / "tokenizer.json").write_text("[]")
    with pytest.raises(StudentError, match=r"tokenizer\.json of 'odd' cannot be read"):
        Codec.open(folder, Family.ENCODER_DECODER)


def test_pickled_weights_are_refused(tiny_t5: Path, tmp_path: Path) -> None:
    folder = copy(tiny_t5, tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(StudentError, match=r"pytorch_model\.bin, which may carry code"):
        inspect_folder("pickled", folder)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/b.safetensors", "x.bin"])
def test_an_index_may_name_only_safetensors_of_its_own_folder(
    tiny_t5: Path, tmp_path: Path, name: str
) -> None:
    folder = copy(tiny_t5, tmp_path / "index")
    index = {"weight_map": {"shared.weight": name}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(StudentError, match="not a safetensors file of its own folder"):
        inspect_folder("index", folder)


def test_an_encoder_alone_is_refused_by_name(tiny_t5: Path, tmp_path: Path) -> None:
    folder = copy(tiny_t5, tmp_path / "bert")
    config = {"model_type": "bert", "architectures": ["BertModel"]}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(StudentError, match="BertModel"):
        inspect_folder("bert", folder)


def test_the_fingerprint_names_the_weights(tiny_t5: Path, tmp_path: Path) -> None:
    folder = copy(tiny_t5, tmp_path / "other")
    before = inspect_folder("tiny", tiny_t5).fingerprint
    assert inspect_folder("copy", folder).fingerprint == before
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    assert inspect_folder("copy", folder).fingerprint != before
