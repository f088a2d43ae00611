"""Questions found inside the prompts in which they were asked."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
LEAD = 4  # words that a text is looked up by
MOST_READ = 100_000  # characters of a prompt
LEAST = 12  # signs of a text that can be told from others by standing somewhere


class TextsInside:
    """Texts with what they stand for, to be found in longer ones, whatever stands around them."""

    def __init__(self) -> None:
        self._by_lead: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = {}
        self._unread: list[tuple[str, int]] = []

    def add(self, text: str, number: int) -> None:
        """Add a question's text; with a passage before it, what follows the passage counts too."""
        self._unread.append((text, number))  # most files name their questions otherwise

    def _read(self) -> None:
        for text, number in self._unread:
            for part in {text, text.rstrip().rpartition("\n")[2]}:
                words = _words(part)
                if sum(map(len, words)) >= LEAST:
                    self._by_lead.setdefault(words[:LEAD], {}).setdefault(words, []).append(number)
        self._unread.clear()

    def find(self, prompt: str) -> list[int]:
        """Return what the text stands for that ends last in the prompt, the longest of several."""
        self._read()
        words = _words(prompt[-MOST_READ:])
        last: tuple[int, int] = (0, 0)
        found: list[int] = []
        leads = sorted({len(lead) for lead in self._by_lead})
        for start in range(len(words)):
            for size in leads:
                texts = self._by_lead.get(words[start : start + size], {})
                for text, numbers in texts.items():
                    place = (start + len(text), len(text))
                    if place > last and words[start : start + len(text)] == text:
                        last, found = place, numbers
        return list(dict.fromkeys(found))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))
