"""The review card: the screen's half of the component that takes the presses.

What was pressed comes in as an outbox of operations and is carried out in order; what became of
each goes back with the next rationales. An operation that comes twice is carried out once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages.prepare.review.key_choice import keys_of
from pages.shared.frame import current_actor
from scicot.pure.checks.table import BY_ID
from scicot.pure.hashing import content_hash
from scicot.services.review.desk import Answer, ReviewDesk
from scicot.services.review.policies import get_policy
from scicot.services.workspace import open_workspace
from scicot.words.records import Flag
from scicot.words.review_keys import FIXED_KEYS
from scicot.words.review_operations import PROTOCOL, Outbox
from scicot.words.reviewing import (
    GIVES_WAY,
    PASSED_OVER,
    STATUS_AFTER,
    TAKEN,
    Queue,
    QueueFilter,
    ReviewItem,
)

CARD = "review_card"
AHEAD = 100  # records the card holds, as in card.js
FOLDER = Path(__file__).parent / "card"
JS_PARTS = ("diff", "keys", "outbox", "samples", "draw", "box", "card")
# what a verdict does, so that the card shows at once what the server will write
RULES = {
    "status_after": {verdict.value: status.value for verdict, status in STATUS_AFTER.items()},
    "taken": [verdict.value for verdict in TAKEN],
    "gives_way": [status.value for status in GIVES_WAY],
    "passed_over": PASSED_OVER,
}
# a decision needs one screen of 1280 x 720: the page's own margins give way
NARROW_MARGINS = (
    "@media (min-width: 641px) "
    "{ .stMainBlockContainer { padding: 0.75rem 2rem 0.5rem !important; } }"
)
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def join_scripts(scripts: Sequence[str]) -> str:
    """Return modules as the single one that a component takes: one scope, the last one's export."""
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", script)) for script in scripts)


@lru_cache(maxsize=1)
def card_parts() -> tuple[str, str, str]:
    """Return the component's html, css and js."""
    scripts = [(FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in JS_PARTS]
    html = (FOLDER / "card.html").read_text(encoding="utf-8")
    css = (FOLDER / "card.css").read_text(encoding="utf-8")
    return html, css, join_scripts(scripts)


def show_review_card(wanted: QueueFilter, first: int | None) -> None:
    """Show the next rationale of the queue; verdicts are written as they are pressed."""
    actor = current_actor()
    state = st.session_state.setdefault("review_state", {})
    if first is not None and first != state.get("first"):  # a link or a change beside the card
        state["first"], state["opened"] = first, state.get("opened", 0) + 1
    token = content_hash([str(wanted), actor.name, state.get("opened")])[:16]
    if state.get("token") != token:
        state.update(token=token, have=[], want=AHEAD, results={}, n=state.get("n", 0))
    state["second"] = wanted.queue is Queue.SECOND
    with open_workspace() as session:
        desk = ReviewDesk(session, actor)
        asked = state["want"] > 0
        items = (
            desk.next_items(wanted, size=state["want"], have=state["have"], first=first)
            if asked
            else []
        )
        data = {
            "token": token,
            "scope": desk.scope(wanted.dataset),
            "n": state["n"],
            "asked": asked,
            "first": first,
            "second": state["second"],
            "records": [_as_data(item) for item in items],
            "results": state["results"],
            "protocol": PROTOCOL,
            "rules": RULES,
            "keys": [asdict(key) for key in keys_of(session, actor.name)],
            "fixed_keys": FIXED_KEYS,
            "reasons": [
                {"text": reason, "count": count} for reason, count in desk.reasons(wanted.dataset)
            ],
            "guidelines": get_policy(session, wanted.dataset).guidelines,
            "pace": desk.pace(wanted.dataset),
        }
    state["want"] = 0  # until the card asks for more
    st.components.v2.component("review_margins", css=NARROW_MARGINS, isolate_styles=False)()
    html, css, js = card_parts()
    card = st.components.v2.component(CARD, html=html, css=css, js=js)
    card(key=CARD, data=data, on_outbox_change=_carry_out)


def _carry_out() -> None:
    """Carry out what the card sent; runs before the page is drawn again."""
    sent = (st.session_state.get(CARD) or {}).get("outbox")
    state = st.session_state.get("review_state")
    if not sent or state is None:
        return
    outbox = Outbox.read(sent)
    with open_workspace() as session:
        desk = ReviewDesk(session, current_actor())
        answers = desk.carry_out(outbox.operations, protocol=outbox.protocol)
    state["results"] = {op: _as_result(answer) for op, answer in answers.items()}
    state["n"] = outbox.number
    if outbox.token == state["token"]:
        state["have"], state["want"] = list(outbox.have), min(AHEAD, outbox.want)
    if outbox.first:
        st.query_params["rationale"] = str(outbox.first)
    if any(op.get("kind") in ("decide", "again") for op in outbox.operations):
        st.query_params.pop("rationale", None)  # the link has done its work
        state["first"] = None
    for answer in answers.values():
        if answer.looked_at is not None:
            st.session_state["review_looked_at"] = answer.looked_at


def _as_result(answer: Answer) -> dict[str, Any]:
    result: dict[str, Any] = {"revision": answer.revision_id, "busy": answer.busy}
    if answer.error:
        result["error"] = answer.error
    if answer.flags is not None:
        result["flags"] = [_as_flag(flag) for flag in answer.flags]
    if answer.items:
        result["items"] = [_as_data(item) for item in answer.items]
    if answer.conflict is not None:
        result["conflict"] = True
        result["item"] = _as_data(answer.conflict)
    return result


def _as_data(item: ReviewItem) -> Mapping[str, Any]:
    question = item.question
    return {
        "external_id": question.external_id,
        "dataset": question.dataset,
        "split": question.split.value,
        "stem": question.stem,
        "choices": [[choice.label, choice.text] for choice in question.choices],
        "answer_key": question.answer_key,
        "others": [
            {"source": other.source, "origin": other.origin, "text": other.text}
            for other in item.others
        ],
        "samples": [_as_sample(sample) for sample in item.samples],
        **_as_sample(item),
    }


def _as_sample(item: ReviewItem) -> Mapping[str, Any]:
    """Return what differs between the samples of a question."""
    rationale = item.rationale
    return {
        "id": rationale.id,
        "revision": rationale.revision_id,
        "text": rationale.text,
        "original": rationale.original_text,
        "status": rationale.status.value,
        "source": f"{rationale.origin}: {rationale.source}",
        "flags": [_as_flag(flag) for flag in item.flags],
        "draft": item.draft,
        "own": " ".join(filter(None, (_own_answer(item), _worth(item)))),
        "verdict": item.verdict,
        "reason": item.reason,
        "reviewer": item.reviewer,
    }


def _worth(item: ReviewItem) -> str:
    """Return in words what a student found the text to be worth; empty where none measured it."""
    if item.worth is None:
        return ""
    said = item.worth.say(item.question.answer_key)
    return f"To a student it {said}."


def _own_answer(item: ReviewItem) -> str:
    """Return what the teacher says without the key; where it disagrees a flag says so."""
    if item.own_answer is None or item.own_answer.label not in (None, item.question.answer_key):
        return ""
    if item.own_answer.label is None:
        return "The teacher alone gives no answer that can be read."
    return f"The teacher alone answers ({item.own_answer.label}) too."


def _as_flag(flag: Flag) -> Mapping[str, Any]:
    check = BY_ID.get(flag.check)
    return {
        "severity": flag.severity.value,
        "name": check.name if check else flag.check,
        "explanation": check.explanation if check else "",
        "message": flag.message,
        "start": flag.start,
        "end": flag.end,
        "suggestion": flag.suggestion,
    }
