r"""Further ways of large models to talk; each reading was decided before it was tried."""

from __future__ import annotations

import pytest

from scicot.pure.predictions.llm_parsing import read_llm_output
from scicot.pure.predictions.parsing import read_output
from scicot.words.records import AnswerKind, NoAnswer, Question
from tests.builders import make_question

TIME = make_question()  # (A) One day (B) One week (C) One month (D) One year
TRICKY = make_question(
    choices=[
        ("A", "It does not conduct heat."),
        ("B", "A plant makes food."),
        ("C", "Wait for the light"),
        ("D", "None of the above is wrong"),
    ],
    answer_key="B",
)
VITAMINS = make_question(
    choices=[("A", "vitamin C"), ("B", "vitamin A"), ("C", "vitamin B")], answer_key="A"
)
FACTORIALS = make_question(choices=[("A", "n"), ("B", "n!"), ("C", "n'")], answer_key="B")
POWERS = make_question(choices=[("A", "10²"), ("B", "102"), ("C", "10₂")], answer_key="A")

COMMITTED = [
    # is, would be, must be, and their like
    (TIME, "The answer ought to be B.", "B"),
    (TIME, "The answer has got to be (B).", "B"),
    (TIME, "The answer can only be One week.", "B"),
    (TIME, "The answer turns out to be B.", "B"),
    (TIME, "The answer, therefore, must be B.", "B"),
    (TIME, "The answer to question 3 is B.", "B"),
    (TIME, "The option that best fits is (B).", "B"),
    (TIME, "Ans: B", "B"),
    (TIME, "Answer = B", "B"),
    (TIME, "So it must be B.", "B"),
    (TIME, "It's B, since it turns once a day.", "B"),
    (TIME, "That leaves only option B.", "B"),
    (TIME, "After all, choose (B).", "B"),
    (TIME, "Final Answer: The final answer is $B$. I hope it is correct.", "B"),
    (TIME, "Earth turns daily. Therefore (B).", "B"),
    (TIME, "What is the answer? (B) One week.", "B"),
    (TIME, "Seven turns are seven days. B.", "B"),
    # because, before and after
    (TIME, "Since A is wrong, the answer is B.", "B"),
    (TIME, "Because a month is not seven days, the answer is B.", "B"),
    (TIME, "A day is not enough, so the answer is B.", "B"),
    (TIME, "Unless I am misreading it, the answer is B.", "B"),
    (TIME, "If it turns once a day, then seven turns take a week: the answer is B.", "B"),
    (TIME, "The answer is not A but B.", "B"),
    (TIME, "B, not A, is the correct answer.", "B"),
    # quotes, backticks, boxes, LaTeX, tags, JSON
    (TIME, "The answer is ‘B’.", "B"),
    (TIME, "The answer is 'One week.'", "B"),
    (TIME, "The answer is 「B」", "B"),
    (TIME, "```\nB\n```", "B"),
    (TIME, "`Answer: (B) One week`", "B"),
    (TIME, r"$$\boxed{\mathrm{B}}$$", "B"),
    (TIME, r"\boxed{\textbf{(B)}\ \text{One week}}", "B"),
    (TIME, r"\boxed{\text{One week}} since it turns daily.", "B"),
    (TIME, r"\fbox{B}", "B"),
    (TIME, r"$\text{B}$", "B"),
    (TIME, "<|begin_of_box|>B<|end_of_box|>", "B"),
    (TIME, "<final-answer> (B) </final-answer>", "B"),
    (TIME, "<ans>B</ans>", "B"),
    (TIME, "[ANSWER]B[/ANSWER]", "B"),
    (TIME, "<answer>\nThe answer is B.\n</answer>", "B"),
    (TIME, '{"answer": {"label": "B", "text": "One week"}}', "B"),
    (TIME, '{"options": {"A": "One day", "B": "One week"}, "answer": "B"}', "B"),
    (TIME, '{"Answer": ["B"]}', "B"),
    (TIME, '{"answer": "B", "reasoning": "Some think that the answer is A."}', "B"),
    (TIME, '{"answer": "B", "reasoning": "It tur', "B"),
    (TIME, "{answer: B}", "B"),
    # option B is correct
    (TIME, "Option B must be the right one.", "B"),
    (TIME, "Since A is wrong, B is correct.", "B"),
    (TIME, "I think that (B) is the only option that fits.", "B"),
    (TIME, "Thirty turns are too many, which makes B the right choice.", "B"),
    (TIME, "Option B seems correct.", "B"),
    (TIME, "A: incorrect\nB: correct\nC: incorrect\nD: incorrect", "B"),
    (TIME, "A. One day - wrong\nB. One week - right\nC. One month - wrong", "B"),
    (TRICKY, "(A) It does not conduct heat is the correct answer.", "A"),
    (TRICKY, "A plant makes food is the correct answer.", "B"),
    (TRICKY, "It must be this:\n(A) It does not conduct heat.", "A"),
    (TRICKY, "The answer is (C) Wait for the light.", "C"),
    (TRICKY, "The answer is None of the above is wrong.", "D"),
    # others explained after it
    (TIME, "The answer is (B). (A) One day: this is incorrect, it is one turn.", "B"),
    (TIME, "The answer is B. A is one turn, so it is wrong. C is not right either.", "B"),
    (TIME, "The answer is B. Option A would be correct if it turned once.", "B"),
    (TIME, "Answer: B. A is the answer only for one turn.", "B"),
    (TIME, "The answer is B. C would be the right choice for thirty turns.", "B"),
    (TIME, "The answer is B. Let me review the others: A is one turn.", "B"),
    (TIME, "The answer is B. Plants wait for the sun.", "B"),
    (TIME, "The answer is B. Let me recheck: seven turns, seven days. Yes.", "B"),
    # of a second list
    (TIME, "Option A is wrong. Option C is wrong. Option D is wrong. So B.", "B"),
    (TIME, "B because Earth rotates once a day", "B"),
    (TIME, "One week, because it rotates seven times.", "B"),
    (TIME, "Answer B", "B"),
    (TIME, r"\boxed{B} is the answer.", "B"),
    (TIME, "A is not correct, B is correct.", "B"),
    (TIME, "It can't be A, so it's B.", "B"),
    (TIME, "One would think the answer is A. It is actually B.", "B"),
    # nearly alike
    (FACTORIALS, "The answer is n!.", "B"),
    (FACTORIALS, "The answer is n'.", "C"),
    (FACTORIALS, "The answer is n.", "A"),
    (POWERS, "The answer is 10².", "A"),
    (POWERS, "The answer is 102.", "B"),
    (VITAMINS, "Vitamin B is the correct answer.", "C"),
]

NOT_COMMITTED = [
    (TIME, "The answer cannot be B.", NoAnswer.NONE),
    (TIME, "The answer is anything but B.", NoAnswer.NONE),
    (TIME, "The answer is hardly B.", NoAnswer.NONE),
    (TIME, "B is by no means the correct answer.", NoAnswer.NONE),
    (TIME, "I doubt, frankly, that the answer is B.", NoAnswer.NONE),
    (TIME, "It is doubtful that option B is correct.", NoAnswer.NONE),
    (TIME, "I don't think B is the right answer.", NoAnswer.NONE),
    (TIME, "I would not choose B.", NoAnswer.NONE),
    (TIME, "The least appropriate choice is (B).", NoAnswer.NONE),
    (TIME, r"The answer is not $\boxed{B}$.", NoAnswer.NONE),
    (TIME, "(B) is wrong.", NoAnswer.NONE),
    (TIME, "So (A) is wrong.", NoAnswer.NONE),
    (TIME, "This does not mean that the answer is B.", NoAnswer.NONE),
    (TIME, '{"answer": "not B"}', NoAnswer.NONE),
    (TIME, '{"answer": null}', NoAnswer.NONE),
    (TIME, '{"incorrect_answer": "B"}', NoAnswer.NONE),
    (TIME, "The answer is B, isn't it?", NoAnswer.NONE),
    (TIME, "Which is it, A or B?", NoAnswer.NONE),
    (TIME, "If it were Mars, the answer would be B.", NoAnswer.NONE),
    (TIME, "The answer is B. No, that is not right.", NoAnswer.NONE),
    (TIME, "The answer is B... wait, I am not sure.", NoAnswer.NONE),
    (TIME, "The answer is B. Hmm, let me reconsider.", NoAnswer.NONE),
    (TIME, "Which one is wrong? B.", NoAnswer.NONE),
    (TIME, "The answer to avoid is B.", NoAnswer.NONE),
    (TIME, "The answer is A long time.", NoAnswer.NONE),
    (TIME, "The answer is B. However, C is also correct.", NoAnswer.TWO_LABELS),
    (TIME, "The answer is A, B and C.", NoAnswer.TWO_LABELS),
    (TIME, "The answer is A as well as C.", NoAnswer.TWO_LABELS),
    (TIME, "The answer is both A and C.", NoAnswer.TWO_LABELS),
    (TIME, '{"answer": "B or C"}', NoAnswer.TWO_LABELS),
    (TIME, "The answer is One week (C).", NoAnswer.LABEL_AGAINST_TEXT),
    (TIME, "Option B, One month, is correct.", NoAnswer.LABEL_AGAINST_TEXT),
    (TIME, "<analysis>The answer is B.", NoAnswer.CUT_OFF),
    (TIME, "<|START_THINKING|>The answer is B.", NoAnswer.CUT_OFF),
    (TIME, "<think>A</think>The answer is B.<think>But", NoAnswer.CUT_OFF),
    (VITAMINS, "Hepatitis B is the best known.", NoAnswer.NONE),
    (POWERS, "The answer is 10.", NoAnswer.NONE),
]


ABROAD = [
    *("정답은 B입니다.", "정답: B", "答えはBです。", "正解は B", "La respuesta correcta es la B."),
    *("Respuesta: B", "La réponse est la B.", "Réponse : B", "Die Lösung lautet B.", "Antwort: B"),
    *("Ответ: B", "Правильный ответ — B.", "A resposta correta é B.", "Resposta: B"),
    *("La risposta corretta è B.", "Het juiste antwoord is B.", "Doğru cevap B.", "सही उत्तर: B"),
    *("Đáp án đúng là B.", "Odpowiedź: B", "الجواب: B", "答案是B。", "#### B", "[[B]]", "=> B"),
]


@pytest.mark.parametrize("output", ABROAD)
def test_the_plain_sentence_of_another_language_is_read(output: str) -> None:
    assert read_llm_output(f"Because of this.\n{output}", TIME).label == "B"


@pytest.mark.parametrize(
    "output",
    [
        *("La respuesta no es B.", "La réponse n'est pas B.", "A resposta não é B."),
        *(
            "Ответ не B.",
            "정답은 B가 아닙니다.",
            "正解はBではない。",
            "Het juiste antwoord is niet B.",
        ),
        *("Answer: (B) One week (C) One month", "Die Lösung ist eine Säure."),
    ],
)
def test_what_another_language_denies_is_no_answer(output: str) -> None:
    assert read_llm_output(output, TIME).label is None


@pytest.mark.parametrize(("question", "output", "label"), COMMITTED)
def test_another_way_to_commit_is_read(question: Question, output: str, label: str) -> None:
    assert read_llm_output(output, question).label == label


@pytest.mark.parametrize(("question", "output", "reason"), NOT_COMMITTED)
def test_another_way_not_to_commit_is_not_guessed(
    question: Question, output: str, reason: NoAnswer
) -> None:
    reading = read_llm_output(output, question)
    assert (reading.label, reading.reason) == (None, reason)


COUNT = Question("g1", "How many are there?", (), "18", answer_form=AnswerKind.NUMBER)
FREE = [
    ("The answer would be 18 because 3 and 15 are 18.", "18"),
    ("The answer must be 3 + 15 = 18.", "18"),
    ("The answer is 18, not 17.", "18"),
    ('{"answer": 18, "why": "3 + 15"}', "18"),
    ("<answer>18</answer>", "18"),
    (r"Thus \boxed{18}. The others are wrong.", "18"),
    ("First the answer is 3. So the answer is **18**.", "18"),
    ("3 + 15 = 18\n#### 18", "18"),
    ("<think>The answer is 17.</think>18", "18"),
    ("The answer is not 18.", None),
    ("The wrong answer is 18.", None),
    ("I doubt the answer is 18.", None),
    ("Is the answer 18?", None),
    ("The answer might be 18.", None),
    ("The answer is 17 or 18.", None),
    ("The answer is 18. Wait, that is wrong.", None),
    ("<think>The answer is 18.", None),
]


@pytest.mark.parametrize(("output", "label"), FREE)
def test_a_free_answer_is_read_as_a_choice_is(output: str, label: str | None) -> None:
    assert read_llm_output(output, COUNT).label == label


STRICT = [
    (TIME, "(B) is wrong.", None),
    (TIME, "(B) One week is not it.", None),
    (COUNT, "The answer is not 18.", None),
    (COUNT, "The incorrect answer is 18.", None),
    (FACTORIALS, "Answer: n!.", "B"),
    (TIME, "The answer would be B.", None),
    (TIME, "Answer： B", "B"),
    (TIME, "Answer = B", "B"),
    (TIME, r"It turns daily, so $\boxed{\text{B}}$.", "B"),
    (TIME, r"The answer is $\boxed{\text{(B) One week}}$", "B"),
    (TIME, r"The answer is not $\boxed{B}$.", None),
]


@pytest.mark.parametrize(("question", "output", "label"), STRICT)
def test_the_strict_reader_takes_no_refusal(
    question: Question, output: str, label: str | None
) -> None:
    assert read_output(output, question).label == label
