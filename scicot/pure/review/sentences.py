"""A rationale's sentences, and which of them are right: process labels."""

from __future__ import annotations

from scicot.pure.students.passages import SENTENCE_END


def split_sentences(text: str) -> list[str]:
    """Return the sentences as a reader counts them; a line break ends one as well."""
    sentences = []
    for line in text.splitlines():
        start = 0
        for end in SENTENCE_END.finditer(line):
            sentences.append(line[start : end.end()].strip())
            start = end.end()
        sentences.append(line[start:].strip())
    return [sentence for sentence in sentences if sentence]


def label_sentences(text: str, first_wrong: int | None) -> list[tuple[str, bool]]:
    """Return the sentences up to the first wrong one (from 1), each with whether it is right.

    What follows a mistake nobody has judged, and is left out. None: all are right.
    """
    sentences = split_sentences(text)
    if first_wrong is None:
        return [(sentence, True) for sentence in sentences]
    return [(sentence, number < first_wrong) for number, sentence in enumerate(sentences, 1)][
        :first_wrong
    ]
