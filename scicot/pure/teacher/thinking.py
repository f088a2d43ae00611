"""Thinking that a model writes into its text, cut off: what is left is the answer itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = (
    r"think(?:ing)?|thoughts?|reason(?:ing)?|seed:think|reflection|scratch_?pad|analysis|"
    r"inner_monologue|internal_thoughts?"
)
# (opening, closing) of each way that models mark their thinking
_MARKS = (
    (rf"<(?:{_NAMES})(?:\s[^<>]{{0,100}})?>", rf"</(?:{_NAMES})\s*>"),
    (r"&lt;think(?:ing)?&gt;", r"&lt;/think(?:ing)?&gt;"),
    (r"<\|im_start\|>think\n", r"<\|im_end\|>"),
    # names of channels whose marks a server has taken out, and Granite's two headings
    (r"\Aanalysis(?=[A-Z])", r"assistantfinal"),
    (r"\AHere is my thought process:\n?", r"\nHere is my response:\n?"),
    (r"<details\s+type=[\"']reasoning[\"'][^<>]{0,100}>", r"</details>"),
    (r"<unused94>", r"<unused95>"),
    (r"\[THINK\]", r"\[/THINK\]"),
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    (r"◁think▷", r"◁/think▷"),
    (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),
    (r"<\|inner_prefix\|>", r"<\|inner_suffix\|>"),
    (r"<\|channel\|>analysis<\|message\|>", r"<\|channel\|>final<\|message\|>"),
)
_MARK = re.compile(
    f"(?P<closing>{'|'.join(closing for _, closing in _MARKS)})"
    f"|{'|'.join(opening for opening, _ in _MARKS)}",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(
    r"<\|(?:begin|end)_of_solution\|>|<\|(?:START|END)_(?:RESPONSE|TEXT)\|>|"
    r"<\|(?:end|return|start|channel|message|begin_of_box|end_of_box)\|>"
)
# what some models wrap around the whole of what they say after thinking
_WRAPPED = re.compile(r"\A\s*<(answer|response|output)>(.*)</\1>\s*\Z", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thinking:
    """A text without its thinking, and how the thinking stood in it."""

    text: str
    was_there: bool = False
    is_unclosed: bool = False


def cut_thinking(text: str) -> Thinking:
    """Return the text without thoughts between tags, or before a closing tag that stands alone.

    A thought that never ends leaves no text: what follows it cannot be told from it.
    """
    kept: list[str] = []
    at: int | None = 0  # where the text goes on; None within a thought
    mark = None
    for mark in _MARK.finditer(text):
        if mark["closing"] is None:
            kept += [text[at : mark.start()]] if at is not None else []
            at = None
            continue
        if at is not None:
            kept = []  # the opening tag stood in the prompt: all so far was thought
        at = mark.end()
    if mark is None:
        return Thinking(text)
    if at is None:
        return Thinking("", was_there=True, is_unclosed=True)
    said = _LEFT_OVER.sub("", "".join([*kept, text[at:]]))
    wrapped = _WRAPPED.match(said)
    return Thinking((wrapped[2] if wrapped else said).strip(), was_there=True)
