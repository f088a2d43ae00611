"""Checks of a rationale's manner: chat, refusals, echoes of the prompt, repetition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from scicot.pure.checks.finding import (
    Finding,
    cut,
    find_words,
    is_unspaced,
    plain_word,
    words_of,
)
from scicot.words.records import Question

FILLER = re.compile(
    r"\bas an? (?:ai|artificial|language model)\b|\bi(?:['’]m| am) (?:sorry|unable|not able)\b"
    r"|\bi (?:cannot|can['’]t|apologi[sz]e)\b"
    r"|^[^\S\n]*(?:sure|certainly|of course|absolutely|great)\b"
    r"[,!.]|\bgreat question\b|\bi hope (?:this|that)\b|\blet me know\b|\bfeel free to\b"
    r"|\bhere(?:['’]s| is) (?:the|a|an|your|my)\s+(?:\w+\s+)?(?:explanation|rationale|answer"
    r"|reasoning|response|solution)\b|\bhappy to help\b|\bi(?:['’]d| would) (?:be|like) to\b"
    # the same in Chinese, Japanese, Korean, Arabic, German, French and Spanish
    r"|(?:抱歉|对不起|對不起)[，,。！]|作为(?:一个|一名)?\s*(?:AI|人工智能)|申し訳(?:あり|ござ)"
    r"|죄송합니다|عذر(?:ا|اً)[،,]|\bals (?:eine? )?(?:KI|Sprachmodell)\b"
    r"|\ben tant qu['’](?:IA\b|intelligence artificielle)|\bcomo (?:IA\b|modelo de lenguaje)",
    re.IGNORECASE | re.MULTILINE,
)
ECHO = re.compile(
    r"</?(?:question|options|answer|rationale|explanation)(?:-\d+)?>"
    r"|\blet['’]s think step by step\b|\bstep by step\b"
    r"|\b(?:the|my) (?:reasoning|explanation|rationale)\b[^.\n]{0,60}?\b(?:is|are)\b"
    r"\s*(?:that\b|:)?"
    r"|^[^\S\n]*(?:rationale|explanation|reasoning|question|options|answer)\s*:"
    r"|\breference point\b|\bspecific to this question\b"
    r"|一步一步(?:地)?(?:来)?思考|一步步思考|ステップ(?:バイ|ごと)|단계별로|خطوة بخطوة"
    r"|^[^\S\n]*(?:问题|題目|题目|选项|選項|答案|解析|解释|解釋)\s*[:：]",
    re.IGNORECASE | re.MULTILINE,
)
# another question begins: by its heading, or by its options after a question mark
NEXT_QUESTION = re.compile(
    r"(?:^|(?<=[.!?\"”)])\s+)[^\S\n]*(?:#+\s*)?(?:the\s+)?(?:next\s+)?(?:question|q)"
    r"(?:\s*\d{1,3}\s*[:.)]|\s*:)"
    r"|[^.!?\n]{10,400}\?\s*(?:options\s*:)?\s*\(?a\)[^?\n]{1,200}?\(?b\)",
    re.IGNORECASE | re.MULTILINE,
)
LEAST_BEFORE = 5  # words before it; fewer are a heading of this very question
RUN_OF_WORDS = 8
PHRASES = ((6, 3), (9, 2))  # so many words said so many times are a loop
SENTENCE = re.compile(r"[^.!?:\n。！？：؟।။።]+[.!?:。！？：؟।။።]*")


def is_chat(text: str, question: Question) -> Iterator[Finding]:
    """Find a refusal or the small talk of a chat assistant."""
    match = FILLER.search(text)
    if match:
        stop = re.compile(r"[.!:\n]").search(text, match.end())
        end = stop.end() if stop else match.end()
        yield Finding("Refuses or chats.", match.start(), end, cut(text, match.start(), end))


def echoes_prompt(text: str, question: Question) -> Iterator[Finding]:
    """Find words of the prompt in the text: its tags, its wording, or the question itself."""
    match = ECHO.search(text[: find_next_question(text) or len(text)])
    if match:
        start, end = match.span()
        yield Finding("Repeats words of the prompt.", start, end, cut(text, start, end))
        return
    span = _repeats_question(text, question)
    if span:
        yield Finding("Repeats the question word for word.", *span)


def find_next_question(text: str) -> int | None:
    """Return where another question begins behind the explanation, or None."""
    for match in NEXT_QUESTION.finditer(text):
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        if len(words_of(text[:start])) >= LEAST_BEFORE:
            return start
    return None


def runs_on(text: str, question: Question) -> Iterator[Finding]:
    """Find another question, made up, that follows the explanation."""
    start = find_next_question(text)
    if start is not None:
        yield Finding(
            "Runs on into another question.", start, len(text), cut(text, start, len(text))
        )


def _repeats_question(text: str, question: Question) -> tuple[int, int] | None:
    """Return where a run of the question's words stands in the text; None when it does not."""
    asked = words_of(question.stem)
    length = RUN_OF_WORDS * (2 if is_unspaced(question.stem) else 1)  # a sign says half a word
    runs = {tuple(asked[n : n + length]) for n in range(max(0, len(asked) - length + 1))}
    if not runs:
        return None
    places = list(find_words(text))
    said = [plain_word(place.group()) for place in places]
    for n in range(len(said) - length + 1):
        if tuple(said[n : n + length]) in runs:
            return places[n].start(), places[n + length - 1].end()
    return None


def repeats_itself(text: str, question: Question) -> Iterator[Finding]:
    """Find a sentence said twice, or a phrase said three times."""
    seen: set[tuple[str, ...]] = set()
    for match in SENTENCE.finditer(text):
        said = tuple(words_of(match.group()))
        if len(said) >= 4 and said in seen:
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            yield Finding("Says a sentence twice.", start, match.end(), cut(text, *match.span()))
            return
        seen.add(said)
    places = list(find_words(text))
    words = [place.group().lower() for place in places]
    for words_long, times in PHRASES:
        length = words_long * (2 if is_unspaced(text) else 1)
        counts: Counter[tuple[str, ...]] = Counter()
        for n in range(len(words) - length + 1):
            phrase = tuple(words[n : n + length])
            counts[phrase] += 1
            if counts[phrase] == times:
                start, end = places[n].start(), places[n + length - 1].end()
                yield Finding(f"Says {length} words {times} times.", start, end)
                return
