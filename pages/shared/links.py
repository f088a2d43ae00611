"""Links: where each page lies, and what a link carries into a box and back again.

The link is the truth: a box is filled from it before it is drawn, and a choice is written into it
before the page is drawn again. What the link does not say is what the person chose last in this
session, and then the default.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import Any, TypeVar

import streamlit as st

from scicot.pure.markdown import escape_markdown

HOME = "pages/start/home/page.py"
QUESTIONS = "pages/prepare/questions/page.py"
GENERATE = "pages/prepare/generate/page.py"
REVIEW = "pages/prepare/review/page.py"
CLEAN = "pages/prepare/clean/page.py"
LAUNCH = "pages/train/launch/page.py"
RUNS = "pages/train/runs/page.py"
RESULTS = "pages/evaluate/results/page.py"
COMPARE = "pages/evaluate/compare/page.py"
INSPECT = "pages/evaluate/inspect/page.py"
ATTRIBUTION = "pages/evaluate/attribution/page.py"
WHAT_IF = "pages/evaluate/what_if/page.py"
HEALTH = "pages/system/health/page.py"
PEOPLE = "pages/system/people/page.py"

LARGEST = 2**63 - 1  # the largest id that a database holds
SHOWN = 40  # characters of a strange link that a sentence repeats
REMEMBERED = "links_remembered"
LABELS = "links_labels"
MOST_LABELS = 2000
Option = TypeVar("Option", bound=Hashable)


def read_number(text: str) -> int | None:
    """Return the number of a record that a text is, None where it is another thing."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))
    return int(text) if is_number and int(text) <= LARGEST else None


def link_number(key: str) -> int | None:
    """Return the number that the link carries under this key; says so where it is none."""
    text = st.query_params.get(key)
    if text is None:
        return None
    number = read_number(text)
    if number is None:
        _warn(key, text, None)
        st.query_params.pop(key, None)
    return number


def take_name(key: str, numbers: Iterable[tuple[str, int]]) -> None:
    """Put a number into the link where it carries the one name that bears it."""
    text = st.query_params.get(key)
    if text is None or read_number(text) is not None:
        return
    named = [number for name, number in numbers if name == text]
    if len(named) == 1:
        write_link(key, named[0])


def link_numbers(key: str) -> list[int]:
    """Return the numbers that the link carries under this key, parted by commas."""
    numbers = map(read_number, st.query_params.get(key, "").split(","))
    return [number for number in numbers if number is not None]


def say_unknown(key: str, known: Collection[str], shown: str | None) -> None:
    """Say that the link names none of these, and what is shown instead; take it out of the link.

    Nothing is `shown` where there is none at all.
    """
    text = st.query_params.get(key)
    if text is None or text in known:
        return
    _warn(key, text, shown)
    write_link(key, None)


def _warn(key: str, text: str, shown: str | None) -> None:
    instead = f"is not among these; {escape_markdown(shown)} is shown instead" if shown else ""
    st.warning(f"{_said(key, text)} {instead or 'names nothing here'}.", icon=":material/link_off:")


def write_link(key: str, value: object | None) -> None:
    """Put a value into the link, or take the key out of it with None."""
    if value is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != str(value):
        st.query_params[key] = str(value)


def choose(key: str, value: object) -> None:
    """Choose for the person what an action has just made, as if they had in its box."""
    write_link(key, value)
    st.session_state.setdefault(REMEMBERED, {})[key] = str(value)


def link_choice(
    box: Callable[..., Any],
    label: str,
    key: str,
    options: Sequence[Option],
    *,
    default: Option | None = None,
    say: Callable[[Option], str] = str,
    clears: Sequence[str] = (),
    is_short: bool = False,
    is_remembered: bool = True,
    **more: Any,
) -> Option:
    """Return the option chosen in `box` (`st.selectbox`, say), which the link carries.

    A link that names none of the options is said. `clears` are keys of the link that mean nothing
    after another choice; with `is_short` the default is left out of the link.
    """
    fallback = options[0] if default is None else default
    by_text = {str(option): option for option in options}
    wanted = _wanted(key, by_text, fallback, say, is_remembered)
    widget = f"link_{key}"
    st.session_state[widget] = wanted
    left_out = fallback if is_short else None
    _write(key, wanted, left_out)
    if getattr(box, "__name__", "") in ("segmented_control", "pills"):
        more.setdefault("required", True)
    _note_labels(widget, {say(option): option for option in options})
    chosen: Option = box(
        label,
        list(options),
        key=widget,
        format_func=say,
        on_change=_take,
        args=(key, widget, left_out, tuple(clears), is_remembered),
        **more,
    )
    return chosen


def link_choices(
    label: str,
    key: str,
    options: Sequence[int],
    *,
    most: int,
    default: Sequence[int] = (),
    say: Callable[[int], str] = str,
) -> list[int]:
    """Return the numbers chosen, at most so many, which the link carries parted by commas."""
    remembered = st.session_state.setdefault(REMEMBERED, {})
    asked = link_numbers(key) if key in st.query_params else remembered.get(key, [])
    wanted = [number for number in asked if number in options][:most]
    lost = key in st.query_params and (len(wanted) < len(asked[:most]) or not asked)
    if lost and st.query_params[key]:
        st.warning(
            f"{_said(key, st.query_params[key])} names something that is not here; the rest is "
            "shown.",
            icon=":material/link_off:",
        )
        write_link(key, ",".join(map(str, wanted)) or None)
    widget = f"link_{key}"
    st.session_state[widget] = wanted or list(default)
    chosen: list[int] = st.multiselect(
        label,
        list(options),
        key=widget,
        format_func=say,
        max_selections=most,
        on_change=_take_several,
        args=(key, widget),
    )
    return chosen


def _wanted(
    key: str,
    by_text: dict[str, Option],
    fallback: Option,
    say: Callable[[Option], str],
    is_remembered: bool,
) -> Option:
    text = st.query_params.get(key)
    if text is not None:
        if text in by_text:
            return by_text[text]
        _warn(key, text, say(fallback))
        return fallback
    before = st.session_state.get(REMEMBERED, {}).get(key) if is_remembered else None
    return by_text.get(before, fallback) if before is not None else fallback


def _note_labels(widget: str, labels: dict[str, Any]) -> None:
    """Keep which option each label stood for: labels hold counts, and those change under way."""
    by_widget = st.session_state.setdefault(LABELS, {})
    before = by_widget.get(widget, {})
    by_widget[widget] = {**before, **labels} if len(before) < MOST_LABELS else labels


def _said(key: str, text: str) -> str:
    short = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return escape_markdown(f"The link's {key} “{short}”")


def _write(key: str, chosen: Any, left_out: Any | None) -> None:
    write_link(key, None if left_out is not None and chosen == left_out else chosen)


def _take(
    key: str, widget: str, left_out: Any | None, clears: Sequence[str], is_remembered: bool
) -> None:
    # a browser that still shows labels of the draw before sends one of those
    chosen = st.session_state[LABELS][widget].get(st.session_state[widget])
    chosen = st.session_state[widget] if chosen is None else chosen
    _write(key, chosen, left_out)
    if is_remembered:  # what nobody chose is not: the newest run stays the newest
        st.session_state.setdefault(REMEMBERED, {})[key] = str(chosen)
    for name in clears:
        st.query_params.pop(name, None)


def _take_several(key: str, widget: str) -> None:
    chosen = list(st.session_state[widget])
    st.session_state.setdefault(REMEMBERED, {})[key] = chosen
    write_link(key, ",".join(map(str, chosen)) or None)
