"""Drafts of a text's next tokens, copied from where its last words stand before.

Prompt lookup decoding (Saxena 2023), a speculative decoding (Leviathan et al. 2023) without a
second model: a pass over a draft costs little more than over one token, and says which of its
tokens the student would have written itself. Small students repeat themselves: of a starter's
rationales four tokens in five stand so before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# By how many of the last tokens stand before: how many that follow there are drafted. Of drafts
# after twelve 97 % of the tokens are right, after two 73; measured in docs/log.md.
DRAFTED = ((12, 6), (2, 3))


class PromptLookup:
    """The tokens of a prompt and what is written after it, and where runs of them stood last."""

    def __init__(self, tokens: Iterable[int]) -> None:
        self.tokens: list[int] = []
        self._follows: list[dict[tuple[int, ...], int]] = [{} for _ in DRAFTED]
        self.extend(tokens)

    def extend(self, tokens: Iterable[int]) -> None:
        """Put further tokens at the end."""
        for token in tokens:
            end = len(self.tokens)
            for (length, _), follows in zip(DRAFTED, self._follows, strict=True):
                if end >= length:
                    follows[tuple(self.tokens[end - length :])] = end
            self.tokens.append(token)

    def draft(self, most: int) -> list[int]:
        """Return up to `most` tokens that may follow, none where nothing stands before.

        Beyond the text's own end a draft goes on with itself, as a text that repeats would.
        """
        end = len(self.tokens)
        for (length, drafted), follows in zip(DRAFTED, self._follows, strict=True):
            first = follows.get(tuple(self.tokens[end - length :])) if end >= length else None
            if first is not None:
                period = end - first
                wanted = max(0, min(drafted, most))
                return [self.tokens[first + place % period] for place in range(wanted)]
        return []


def trim(asked: Sequence[list[int]], multiple: int) -> None:
    """Drop the ends of the longest drafts until all tokens together are a multiple.

    Each of `asked` is a token and what was drafted after it; the token stays. So do all where they
    are fewer than two multiples: too much would go.
    """
    total = sum(map(len, asked))
    over = total % multiple if total >= 2 * multiple else 0
    while over and max(map(len, asked)) > 1:
        longest = max(map(len, asked))
        for one in [one for one in asked if len(one) == longest][:over]:
            one.pop()
            over -= 1
