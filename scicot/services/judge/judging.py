"""A judge's run: rationales put to a teacher by a rubric, each paid for once in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import CompletionRow, JudgementRow, RationaleRow, ReviewRow, RevisionRow
from db.rows import insert_or_keep
from scicot.adapters.clock import utc_now
from scicot.adapters.teacher.open import check_teacher
from scicot.pure.hashing import content_hash
from scicot.pure.judge.rubric import Correction, judge_messages, read_findings
from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.pricing import is_free
from scicot.pure.teacher.prompts import messages_hash
from scicot.services.judge.corrections import choose_corrections, read_corrections
from scicot.services.judge.rubrics import Rubric, get_rubric
from scicot.services.questions.lookup import find_dataset_id, get_questions
from scicot.services.runs.context import RunContext
from scicot.services.runs.runs import create_lone_run
from scicot.services.teacher.carry_out import carry_out, result_of
from scicot.services.teacher.generation import check_calls
from scicot.services.teacher.job import Ask, TeacherJob
from scicot.services.teacher.ledger.plan import CallSettings
from scicot.services.teacher.prices import find_price
from scicot.words.asking_configs import JudgeConfig
from scicot.words.errors import EmptyRun, InvalidConfig
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunKind, StoredQuestion, Verdict
from scicot.words.settings import Settings
from scicot.words.teaching import Message

PHASE = "judge"


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A rationale's text that the judge reads: the one that people judged, else the current."""

    rationale_id: int
    revision_id: int
    question_id: int
    text: str


@needs(Action.ASK_TEACHER)
def start_judge(session: Session, settings: Settings, actor: Actor, config: JudgeConfig) -> int:
    """Check everything that can be checked now, store the run and return its id.

    Raises NotFound, InvalidConfig, TeacherRefused (no key), and Conflict when it is under way.
    """
    teacher = parse_teacher(config.teacher)
    check_teacher(teacher, settings)
    get_rubric(session, config.rubric)
    check_calls(
        price=find_price(session, teacher.model),
        teacher=teacher,
        budget_usd=config.budget_usd,
        samples=1,
        temperature=0.0,
    )
    if not list_texts(session, config):
        raise InvalidConfig(f"'{config.dataset}' has no rationales to judge. Bring some first.")
    config = pin_corrections(session, config)
    values = config.model_dump(mode="json")
    return create_lone_run(
        session,
        actor,
        kind=RunKind.JUDGE,
        name=f"{teacher.model} judges {config.dataset} by rubric {config.rubric}",
        config=values,
        dataset_id=find_dataset_id(session, config.dataset),
    )


def pin_corrections(session: Session, config: JudgeConfig) -> JudgeConfig:
    """Return the config with the corrections that are shown; raises InvalidConfig for none."""
    chosen: tuple[int, ...] = ()
    if config.examples:
        model = parse_teacher(config.teacher).model
        chosen = choose_corrections(session, config.dataset, config.rubric, model, config.examples)
    return config.model_copy(update={"corrections": chosen})


def name_judge(config: JudgeConfig) -> str:
    """Return what the judge is called: shown other examples it is another judge."""
    model = parse_teacher(config.teacher).model
    if not config.corrections:
        return model
    count, which = len(config.corrections), content_hash(list(config.corrections))[:4]
    return f"{model}, {count} correction{'s' * (count != 1)} ({which})"


def read_docket(session: Session, config: JudgeConfig) -> tuple[Docket, list[StoredQuestion]]:
    """Return what this judge has before it, and the questions that the texts are of."""
    texts = list_texts(session, config)
    questions = get_questions(session, {text.question_id for text in texts})
    corrections = read_corrections(session, config.corrections)
    docket = Docket(
        get_rubric(session, config.rubric),
        parse_teacher(config.teacher).model,
        name_judge(config),
        texts,
        questions,
        corrections,
    )
    return docket, list(questions.values())


def list_texts(session: Session, config: JudgeConfig) -> list[JudgedText]:
    """Return what is judged, in the order of the rationales."""
    edited = (
        select(ReviewRow.rationale_id, func.max(ReviewRow.id).label("review_id"))
        .where(ReviewRow.undone_at.is_(None), ReviewRow.verdict == Verdict.EDIT)
        .group_by(ReviewRow.rationale_id)
        .subquery()
    )
    # of an edited one people judged the text before the edit
    judged = func.coalesce(ReviewRow.revision_before_id, RationaleRow.revision_id)
    rows = session.execute(
        select(RationaleRow.id, RevisionRow.id, RationaleRow.question_id, RevisionRow.text)
        .join(edited, edited.c.rationale_id == RationaleRow.id, isouter=True)
        .join(ReviewRow, ReviewRow.id == edited.c.review_id, isouter=True)
        .join(RevisionRow, RevisionRow.id == judged)
        .where(RationaleRow.dataset_id == find_dataset_id(session, config.dataset))
        .order_by(RationaleRow.id)
        .limit(config.limit)
    )
    return [JudgedText(*row) for row in rows]


def run_judge(context: RunContext) -> Mapping[str, Any]:
    """Ask for every verdict that is missing; the worker's part."""
    config = JudgeConfig.checked(**context.run.config)
    teacher = parse_teacher(config.teacher)
    with context.session() as session:
        docket, questions = read_docket(session, config)
        price = find_price(session, teacher.model)
    job = TeacherJob(
        teacher=teacher,
        asks=(docket.ask(config, teacher.base_url),),
        take_text=docket.store,
        concurrency=config.concurrency,
        budget_usd=config.budget_usd,
        rebuy=config.maybe_paid == "rebuy" or is_free(price),
        price=price,
    )
    carry_out(context, job, questions)
    with context.session() as session:
        judged = docket.count(session)
    result = dict(result_of(context)) | {
        "rubric": config.rubric,
        "judge": docket.judge,
        "rationales": docket.size,
        "judged": judged["judged"],
        "rejected": judged["rejected"],
        "unreadable": docket.size - judged["judged"],
    }
    if not judged["judged"]:
        raise EmptyRun(
            f"No verdict could be read from {teacher.model}'s replies: each criterion needs pass "
            "or fail, as JSON. Raise max_tokens, or choose a larger teacher.",
            result=result,
        )
    return result


class Docket:
    """What a judge has before it, by question and by the hash of what it is asked."""

    def __init__(
        self,
        rubric: Rubric,
        model: str,
        judge: str,
        texts: list[JudgedText],
        questions: Mapping[int, StoredQuestion],
        corrections: list[Correction],
    ) -> None:
        self._rubric = rubric
        self.criteria = len(rubric.criteria)
        self._model = model
        self.judge = judge
        self.size = len(texts)
        self._chats: dict[int, dict[str, list[Message]]] = {}
        self._texts: dict[tuple[int, str], list[JudgedText]] = {}
        for text in texts:
            others = [
                correction
                for correction in corrections
                if correction.question.id != text.question_id
            ]
            question = questions[text.question_id]
            messages = judge_messages(rubric.criteria, question, text.text, others)
            digest = messages_hash(messages)
            self._chats.setdefault(text.question_id, {})[digest] = messages
            self._texts.setdefault((text.question_id, digest), []).append(text)

    def ask(self, config: JudgeConfig, base_url: str | None) -> Ask:
        """Return the ask: as many chats a question as it has different rationales."""
        return Ask(
            CallSettings(self._model, base_url, 0.0, config.max_tokens, phase=PHASE),
            compose=lambda question: next(self._of(question)),
            samples=1,
            temperature=0.0,
            max_tokens=config.max_tokens,
            chats=lambda question: list(self._of(question)),
        )

    def _of(self, question: StoredQuestion) -> Iterator[list[Message]]:
        return iter(self._chats[question.id].values())

    def store(self, session: Session, completion_id: int, text: str) -> None:
        """Store the verdicts of one reply; one that leaves a criterion open is none."""
        row = session.execute(
            select(CompletionRow.question_id, CompletionRow.prompt_hash).where(
                CompletionRow.id == completion_id
            )
        ).one()
        judged = []
        for item in self._texts.get((row.question_id, row.prompt_hash), []):
            findings = read_findings(text, self._rubric.criteria, item.text)
            if findings is None:
                continue
            judged.append(
                {
                    "rubric_id": self._rubric.id,
                    "rationale_id": item.rationale_id,
                    "revision_id": item.revision_id,
                    "completion_id": completion_id,
                    "judge": self.judge,
                    "rejects": not all(finding.passes for finding in findings),
                    "findings": [asdict(finding) for finding in findings],
                    "created_at": utc_now(),
                }
            )
        insert_or_keep(session, JudgementRow, judged)

    def count(self, session: Session) -> dict[str, int]:
        """Return how many of the texts are judged, and how many of them rejected."""
        rows = session.execute(
            select(JudgementRow.revision_id, JudgementRow.rejects).where(
                JudgementRow.rubric_id == self._rubric.id, JudgementRow.judge == self.judge
            )
        )
        wanted = {text.revision_id for texts in self._texts.values() for text in texts}
        rejections = [rejects for revision_id, rejects in rows if revision_id in wanted]
        return {"judged": len(rejections), "rejected": sum(rejections)}
