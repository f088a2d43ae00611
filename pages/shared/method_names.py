"""Methods and kinds of run as people call them."""

from __future__ import annotations

from scicot.pure.methods.registry import list_methods
from scicot.words.configs import STARTER_STUDENT, STARTER_TEACHER
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
    """Return the student without the path to it, whose run it is, or the teacher's model."""
    student, teacher = run.config.get("student"), run.config.get("teacher")
    if run.config.get("run") is not None:
        return f"that of run {run.config['run']}"
    if student:
        path = str(student).rstrip("/")
        return "starter student" if path == STARTER_STUDENT else path.rsplit("/", 1)[-1]
    if teacher == STARTER_TEACHER:
        return "starter teacher"
    return str(teacher or "").rpartition("#")[2].removeprefix("openai:")
