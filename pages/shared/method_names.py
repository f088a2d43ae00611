"""Methods and kinds of run as people call them."""

from __future__ import annotations

from scicot.pure.methods.registry import list_methods
from scicot.words.records import RunKind, RunStatus
from scicot.words.runs import RunView

KINDS = {
    RunKind.GENERATE: "asks a teacher",
    RunKind.TRAIN: "trains a student",
    RunKind.PREDICT: "answers",
    RunKind.ATTRIBUTE: "whose fault",
    RunKind.WORTH: "worth of rationales",
    RunKind.FEW_SHOT: "large model answers",
    RunKind.IMPORTED: "brought in",
    RunKind.JUDGE: "judges rationales",
    RunKind.LESSON: "asks for a lesson",
    RunKind.ESTIMATE: "tries a student",
    RunKind.IMPORT: "brings questions in",
}
STATES = {
    RunStatus.QUEUED: "waits",
    RunStatus.STARTING: "starting",
    RunStatus.RUNNING: "running",
    RunStatus.DONE: "done",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "cancelled",
    RunStatus.LOST: "lost",
}
STATE_COLORS = {
    RunStatus.QUEUED: "#7f8791",
    RunStatus.STARTING: "#4a86cf",
    RunStatus.RUNNING: "#4a86cf",
    RunStatus.DONE: "#2f9e6e",
    RunStatus.FAILED: "#d1495b",
    RunStatus.CANCELLED: "#d9822b",
    RunStatus.LOST: "#d1495b",
}


def name_method(name: str | None) -> str:
    """Return a method's title, empty for none."""
    titles = {method.name: method.title for method in list_methods()}
    return titles.get(name or "", name or "")


def name_student(run: RunView) -> str:
    """Return the student, or the teacher that was asked, without the path to it."""
    named = run.config.get("student") or run.config.get("teacher") or ""
    if named == "starter":
        return "starter student" if run.kind is RunKind.TRAIN else "starter teacher"
    return str(named).rstrip("/").rsplit("/", 1)[-1].removeprefix("openai:")
