"""Output files as tools of several versions write them: each means the options it shows."""

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scicot.services.predictions.files import PredictionImport, import_predictions
from scicot.services.predictions.store import list_predictions
from scicot.words.errors import InvalidInput
from scicot.words.records import Actor, NoAnswer, Outcome, Split
from tests.builders import store_questions

STEM = "Which statement number 1 about the river of the test sheet is true?"
TEXTS = [f"river fact {letter}1" for letter in "abcd"]  # the key is B
TURNED = TEXTS[::-1]
Importer = Callable[..., PredictionImport]
Row = Mapping[str, object]


def doc(texts: Sequence[str] = TEXTS, **fields: object) -> dict[str, object]:
    return {"question": STEM, "choices": list(texts), "answer": 1, **fields}


def scores(best: int, count: int = 4, **sign: Any) -> list[object]:
    form = sign.get("form", lambda score, greedy: [[score, greedy]])
    return [form(-1.5 if n == best else -9.0 - n, n == best) for n in range(count)]


SAMPLES: dict[str, Row] = {
    "0.4.0: arguments as pairs, numbers": {
        "doc": doc(),
        "arguments": [["Q", f" {text}"] for text in TEXTS],
        "resps": scores(1),
        "filtered_resps": scores(1, form=lambda score, greedy: [score, greedy]),
    },
    "0.4.5: arguments by name, texts": {
        "doc": doc(),
        "arguments": {
            f"gen_args_{n}": {"arg_0": "Q", "arg_1": f" {text}"} for n, text in enumerate(TEXTS)
        },
        "resps": scores(1, form=lambda score, greedy: [[str(score), str(greedy)]]),
    },
    "filtered replies alone": {
        "doc": doc(),
        "filtered_resps": scores(1, form=lambda score, greedy: [score, greedy]),
    },
    "mutual information asks each option twice": {
        "doc": doc(),
        "arguments": [["Q", f" {text}"] for text in TEXTS] * 2,
        "resps": [*scores(1), *scores(3)],
    },
    "options in another order, said by the document": {"doc": doc(TURNED), "resps": scores(2)},
    "options in another order, asked by letter": {
        "doc": doc(TURNED),
        "arguments": [["Q", f" {letter}"] for letter in "ABCD"],
        "resps": scores(2),
    },
    "distractors, whose order the requests alone say": {
        "doc": {
            "question": STEM,
            "correct_answer": TEXTS[1],
            **{f"distractor{n}": TEXTS[place] for n, place in ((1, 3), (2, 0), (3, 2))},
        },
        "arguments": [["Q", f" {TEXTS[place]}"] for place in (3, 0, 2, 1)],
        "resps": scores(3),
    },
    "a table that holds its objects as texts": {
        "doc": str(doc()),
        "resps": json.dumps(scores(1)),
    },
    "a letter of another order": {"doc": doc(TURNED), "resps": [["The answer is (C)."]]},
    "right and wrong beside the order asked": {
        "doc": {
            "Question": STEM,
            "Correct Answer": TEXTS[1],
            **{f"Incorrect Answer {n}": TEXTS[place] for n, place in ((1, 0), (2, 2), (3, 3))},
            **{f"choice{n + 1}": text for n, text in enumerate(TURNED)},
            "answer": "(C)",
        },
        "resps": [["So the answer is (C)."]],
    },
    "several replies are put to the vote": {
        "doc": doc(),
        "resps": [["The answer is (A).", "The answer is (B).", "no idea", "The answer is (B)."]],
    },
}


PROMPT = "Question: Who?\nAnswer: Tom\n\nQuestion: " + STEM + "\n"
SHOWN = PROMPT + "\n".join(f"{mark}. {text}" for mark, text in zip("ABCD", TURNED, strict=True))


def inspect_sample(output: str, **fields: object) -> dict[str, object]:
    """Return a sample as logs of inspect hold it."""
    message = {"role": "assistant", "content": [{"type": "text", "text": output}]}
    said = {"model": "m", "choices": [{"message": message, "stop_reason": "stop"}]}
    asked = {"id": 1, "epoch": 1, "input": STEM, "choices": TEXTS, "target": "B"}
    return {**asked, "output": said, "scores": {}, **fields}


def lighteval(query: str, choices: Sequence[str], **response: object) -> dict[str, object]:
    document = {"query": query, "choices": list(choices), "gold_index": 1, "id": "0"}
    return {"doc": document, "metric": {"acc": 1}, "model_response": response}


SAMPLES |= {
    "inspect": inspect_sample("So the answer is (B)."),
    "inspect asks by messages, options in another order": inspect_sample(
        "ANSWER: C", input=[{"role": "user", "content": STEM}], choices=TURNED
    ),
    "lm-evaluation-harness 0.3 scored what each prompt ends with": {
        **{
            f"prompt_{n}": f"{PROMPT}Answer: {TEXTS[place]}" for n, place in enumerate((2, 1, 0, 3))
        },
        **{f"logit_{n}": score for n, score in enumerate((-9.0, -1.5, -8.0, -7.0))},
        "truth": "1",
        "acc": "1.0",
    },
    "lm-evaluation-harness 0.3 wrote a text": {"prompt_0": SHOWN, "logit_0": "The answer is (C)."},
    "lighteval scored the texts": lighteval(
        f"Question: {STEM}\nAnswer:", [f" {text}" for text in TURNED], logprobs=[-9, -8, -1.5, -7]
    ),
    "lighteval scored letters": lighteval(
        f"{SHOWN}\nAnswer:", [" A", " B", " C", " D"], logprobs=[-9, -8, -1.5, -7], text=[]
    ),
    "lighteval wrote texts": lighteval(SHOWN, TURNED, text=["The answer is (C)."], logprobs=[]),
    "lighteval before 0.10": {
        "full_prompt": f"Question: {STEM}\nAnswer:",
        "choices": str([f" {text}" for text in TEXTS]),
        "gold": [TEXTS[1]],
        "predictions": "[(-9.0, False), (-1.5, True), (-8.0, False), (-7.0, False)]",
    },
}


@pytest.fixture
def bring(session: Session, tmp_path: Path) -> Importer:
    store_questions(session, tmp_path / "files")

    def bring(
        content: Sequence[Row] | str | Path, ending: str = "jsonl", name: str = "peer", **more: Any
    ) -> Any:
        path = content if isinstance(content, Path) else tmp_path / f"outputs.{ending}"
        if not isinstance(content, Path):
            text = content if isinstance(content, str) else "\n".join(map(json.dumps, content))
            path.write_text(text, encoding="utf-8")
        return import_predictions(
            session, Actor("Ada"), path, dataset="demo", split=Split.TEST, name=name, **more
        )

    return bring


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_sample_of_the_harness_means_the_options_it_shows(
    session: Session, bring: Importer, sample: Row
) -> None:
    run = bring([{"doc_id": 7, "target": "1", **sample}]).run
    (prediction,) = list_predictions(session, run)
    assert (prediction.label, prediction.outcome) == ("B", Outcome.CORRECT)


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ({"doc": doc(), "resps": scores(1, 3)}, "3 scores for a question with 4 options"),
        ({"doc": doc(), "resps": [[["-inf", "False"]]] * 4}, "option 1 is -inf"),
        ({"doc": doc(), "resps": [[-120.5]]}, "neither texts nor a score for each option"),
        (
            {"doc": doc([*TURNED[:3], "another"]), "resps": scores(1)},
            "stands at another place. Import the questions from the same source",
        ),
        ({"doc": doc(question="Which?"), "resps": [["B"]]}, "no question with this text"),
    ],
)
def test_a_sample_that_cannot_be_meant_is_refused(bring: Importer, sample: Row, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        bring([sample])


def reply(content: str | None, finish: str = "stop", **beside: str) -> dict[str, object]:
    message = {"role": "assistant", "content": content, **beside}
    return {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}


LIKE = {"id": "Test-1", "question": STEM}
ROWS: dict[str, tuple[Row, str | None]] = {
    "a batch endpoint's file": (
        {
            "id": "batch_req_1",
            "custom_id": "Test-1",
            "response": {"status_code": 200, "body": reply("The answer is (B).")},
            "error": None,
        },
        "B",
    ),
    "another batch endpoint's file": (
        {
            "custom_id": "Test-1",
            "result": {
                "type": "succeeded",
                "message": {
                    "role": "assistant",
                    "content": [{"type": "text", "text": "The answer is (B)."}],
                    "stop_reason": "end_turn",
                },
            },
        },
        "B",
    ),
    "samples of one request": (
        {**LIKE, "outputs": [{"text": "The answer is (B)."}, {"text": "The answer is (B)."}]},
        "B",
    ),
    "messages": (
        {
            "id": "Test-1",
            "messages": [
                {"role": "user", "content": "Which?"},
                {"role": "assistant", "content": "The answer is (B)."},
            ],
        },
        "B",
    ),
    "a whole prompt with other questions before": (
        {"prompt": f"<|im_start|>user\n{SHOWN}<|im_end|>", "predict": "The answer is (C)."},
        "B",
    ),
    "the number of a row, and the prompt as messages": (
        {
            "id": "0",
            "origin_prompt": [{"role": "HUMAN", "prompt": f"{STEM}\nAnswer:"}],
            "prediction": "The answer is (B).",
        },
        "B",
    ),
    "a chat as other trainers write it": (
        {
            "conversations": [
                {"from": "human", "value": f"{STEM} Say a letter."},
                {"from": "gpt", "value": "The answer is (B)."},
            ]
        },
        "B",
    ),
    "a number where the labels are letters": ({**LIKE, "prediction": 2}, None),
    "an answer already parsed": ({**LIKE, "output": {"answer": "B"}}, "B"),
    "its own options in another order": (
        {**LIKE, "choices": TURNED, "answer": "A", "model_prediction": "The answer is (C)."},
        "B",
    ),
    "a number of its own rows as id": (
        {"id": "Test-2", "question": STEM, "output": "The answer is (B)."},
        "B",
    ),
    "thinking without an end": ({**LIKE, "response": reply("", "length", reasoning="Hm")}, None),
}


@pytest.mark.parametrize(("row", "label"), ROWS.values(), ids=ROWS)
def test_a_row_is_read_as_its_tool_meant_it(
    session: Session, bring: Importer, row: Row, label: str | None
) -> None:
    (prediction,) = list_predictions(session, bring([row], reader="llm").run)
    assert prediction.label == label
    if "length" in str(row):
        assert prediction.no_answer_reason is NoAnswer.CUT_OFF


def test_a_log_of_inspect_is_read_from_both_of_its_forms(
    session: Session, bring: Importer, tmp_path: Path
) -> None:
    said = ("The answer is (B).", "The answer is (A).", "The answer is (B).")
    samples = [inspect_sample(text, epoch=n) for n, text in enumerate(said, start=1)]
    packed = tmp_path / "log.eval"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", "{}")
        for sample in samples:
            archive.writestr(
                f"samples/1_epoch_{sample['epoch']}.json", json.dumps(sample, indent=1)
            )
    log = {"version": 2, "eval": {"task": "t"}, "samples": samples, "reductions": [{"scorer": "x"}]}
    runs = [bring(json.dumps(log), "json").run, bring(packed, name="packed").run]
    for run in runs:
        (prediction,) = list_predictions(session, run)
        assert prediction.label == "B"
        assert prediction.votes == {"A": 1, "B": 2}
    broken = {**inspect_sample("", error={"message": "Connection lost"}), "output": {}}
    with pytest.raises(InvalidInput, match="ended in an error: Connection lost"):
        bring([broken])


def test_the_key_is_not_taken_for_an_output(session: Session, bring: Importer) -> None:
    rows = [{"id": "Test-1", "answer": "B", "predicted_answer": "C", "answerKey": "B"}]
    done = bring(rows)
    assert done.column == "predicted_answer"
    (prediction,) = list_predictions(session, done.run)
    assert prediction.label == "C"
    with pytest.raises(InvalidInput, match="'gpt_output', 'llama_output'"):
        bring([{"id": "Test-1", "answer": "B", "gpt_output": "B", "llama_output": "C"}])


def test_a_reply_that_is_an_error_is_refused_with_its_sentence(bring: Importer) -> None:
    failed = {"status_code": 429, "body": {"error": {"message": "Slow down.", "code": 429}}}
    with pytest.raises(InvalidInput, match="Slow down"):
        bring([{"custom_id": "Test-1", "response": failed}])
