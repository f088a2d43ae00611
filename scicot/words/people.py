"""Who may do what: the roles, and one table that lists every page and every action.

On one's own machine a name is enough and whoever sits there is the administrator. With sign-in the
role comes from the database, by e-mail.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from scicot.words.errors import InvalidInput, NotAllowed
from scicot.words.records import Actor, Role

P = ParamSpec("P")
R = TypeVar("R")
NOTED = 200  # characters of an entry of the log
LONGEST_NAME = 100  # of somebody, in characters


class Action(StrEnum):
    """What somebody may want to do; the text is how the log and refusals name it."""

    DECIDE = "decide a rationale"
    DRAFT = "keep a draft"
    LEASE = "take a rationale to read"
    READ_AGAIN = "read a rationale a second time"
    UNDO = "undo a decision"
    RESTORE_TEXT = "bring an earlier text back"
    AUDIT = "audit the clean pile"
    ACCEPT_PILE = "accept the clean pile"
    NOTE = "write a note"
    TAG = "tag a prediction"
    CHANGE_TAGS = "change the tags"
    SAVE_RULE = "save a cleaning rule"
    APPLY_RULE = "apply a cleaning rule"
    SET_POLICY = "set the review policy"
    IMPORT = "import"
    EXPORT = "export"
    ASK_TEACHER = "ask a teacher"
    SET_PRICE = "set a price"
    SAVE_PROMPT = "save a prompt"
    FORGET_REFUSALS = "forget what a teacher refuses"
    SNAPSHOT = "freeze a snapshot"
    START_RUN = "start a run"
    STEER_RUN = "cancel, resume or move a run"
    LABEL_RUN = "note or tag a run"
    RENAME = "rename"
    ARCHIVE = "archive or bring back"
    DELETE = "delete for good"
    FREE_SPACE = "free space"
    SET_ROLE = "give or take a role"
    SEE_LOG = "see who did what"


MAY: dict[Action, Role] = {
    Action.DECIDE: Role.REVIEWER,
    Action.DRAFT: Role.REVIEWER,
    Action.LEASE: Role.REVIEWER,
    Action.READ_AGAIN: Role.REVIEWER,
    Action.UNDO: Role.REVIEWER,
    Action.RESTORE_TEXT: Role.REVIEWER,
    Action.AUDIT: Role.REVIEWER,
    Action.ACCEPT_PILE: Role.ADMIN,
    Action.NOTE: Role.REVIEWER,
    Action.TAG: Role.REVIEWER,
    Action.CHANGE_TAGS: Role.ADMIN,
    Action.SAVE_RULE: Role.ADMIN,
    Action.APPLY_RULE: Role.ADMIN,
    Action.SET_POLICY: Role.ADMIN,
    Action.IMPORT: Role.ADMIN,
    Action.EXPORT: Role.REVIEWER,
    Action.ASK_TEACHER: Role.ADMIN,
    Action.SET_PRICE: Role.ADMIN,
    Action.SAVE_PROMPT: Role.ADMIN,
    Action.FORGET_REFUSALS: Role.ADMIN,
    Action.SNAPSHOT: Role.ADMIN,
    Action.START_RUN: Role.ADMIN,
    Action.STEER_RUN: Role.ADMIN,
    Action.LABEL_RUN: Role.REVIEWER,
    Action.RENAME: Role.ADMIN,
    Action.ARCHIVE: Role.ADMIN,
    Action.DELETE: Role.ADMIN,
    Action.FREE_SPACE: Role.ADMIN,
    Action.SET_ROLE: Role.ADMIN,
    Action.SEE_LOG: Role.ADMIN,
}
PAGES: dict[str, Role] = {
    "start/home": Role.VIEWER,
    "prepare/questions": Role.VIEWER,
    "prepare/generate": Role.ADMIN,
    "prepare/review": Role.REVIEWER,
    "prepare/clean": Role.REVIEWER,
    "train/launch": Role.ADMIN,
    "train/runs": Role.VIEWER,
    "evaluate/results": Role.VIEWER,
    "evaluate/compare": Role.VIEWER,
    "evaluate/inspect": Role.VIEWER,
    "evaluate/attribution": Role.VIEWER,
    "evaluate/what_if": Role.VIEWER,
    "system/health": Role.ADMIN,
    "system/people": Role.VIEWER,
}
_SAID = ("rationale_id", "run_id", "prediction_id", "batch_id", "audit_id", "verdict", "dataset")
_SAID_TOO = (
    "name",
    "snapshot",
    "to",
    "tag",
    "source",
    "email",
    "role",
    "model",
    "path",
    "location",
)


def address_of(text: str) -> str:
    """Return an e-mail address as it is compared.

    Only plain letters lose their case: another script's letter must not become one of ours.
    """
    return text.strip().encode("utf-8", "replace").lower().decode()


def is_text(text: str) -> bool:
    """Return whether a database takes the text: it holds no NUL and no half of a character."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def actor_named(name: str) -> Actor:
    """Return who works by the name that they gave; raises InvalidInput for what is none."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not (is_text(name) and name.isprintable()):
        raise InvalidInput(
            f"Your name has 1 to {LONGEST_NAME} characters that can be read. Change it in the "
            "sidebar, or in SCICOT_ACTOR."
        )
    return Actor(name)


def role_needed(path: str) -> Role:
    """Return which role a page takes; a page without a row in the table is nobody's."""
    return PAGES[path.removeprefix("pages/").removesuffix("/page.py")]


def require(actor: Actor, action: Action) -> None:
    """Raise NotAllowed when the actor's role does not reach as far as the action needs."""
    if not actor.role.reaches(MAY[action]):
        raise NotAllowed(
            f"{actor.name} is a {actor.role.value} here; to {action.value} takes "
            f"a {MAY[action].value}. Ask an administrator, on the People page."
        )


def needs(action: Action) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a service function refuse an actor who may not, and note in the log who did it.

    The note is committed with what the function writes, or not at all.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            given = signature.bind(*args, **kwargs).arguments
            require(given["actor"], action)
            info = given["session"].info
            if action in UNNOTED or "deed" in info:  # a part of what is noted already
                return function(*args, **kwargs)
            info["deed"] = (given["actor"], action, _describe(given))
            try:
                return function(*args, **kwargs)
            finally:
                info.pop("deed", None)

        guarded.needed_action = action  # type: ignore[attr-defined]
        return guarded

    return wrap


# what happens many times a minute and leaves rows of its own that tell who and when
UNNOTED = (Action.DRAFT, Action.LEASE)


def _describe(given: dict[str, Any]) -> str:
    said = [
        f"{name} {given[name]}"
        for name in (*_SAID, *_SAID_TOO)
        if isinstance(given.get(name), str | int)
    ]
    config = given.get("config")
    if config is not None:
        said.append(f"dataset {getattr(config, 'dataset', '?')}")
    return ", ".join(said)[:NOTED]
