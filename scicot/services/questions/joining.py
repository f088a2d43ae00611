"""Questions joining a dataset: in batches, against what is there, with nothing kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import DatasetRow, QuestionRow
from scicot.adapters.clock import utc_now
from scicot.pure.questions.neighbours import asked_text, sketch_texts
from scicot.services.questions.lookup import find_dataset
from scicot.words.errors import Conflict, InvalidInput
from scicot.words.records import Actor, Question, Split

BATCH = 1000
SHOWN_WARNINGS = 20
# adds (question id, text) pairs as human rationales of a source, in the import's transaction
AddSupports = Callable[[Session, Actor, str, Sequence[tuple[int, str]]], int]


@dataclass(slots=True)
class Warnings:
    """Sentences about rows that deserve a look; of many the first ones and how many more."""

    sentences: list[str] = field(default_factory=list)
    beyond: int = 0

    def add(self, sentence: str) -> None:
        """Add one."""
        if len(self.sentences) < SHOWN_WARNINGS:
            self.sentences.append(sentence)
        else:
            self.beyond += 1

    def shown(self) -> list[str]:
        """Return what is told."""
        return [*self.sentences, *([f"... and {self.beyond:,} more."] if self.beyond else [])]


@dataclass(frozen=True, slots=True)
class Joining:
    """A question that is to join, its content's hash, where it stands, and what explains it."""

    question: Question
    digest: str
    where: str
    position: int
    support: str | None


@dataclass(frozen=True, slots=True)
class _There:
    """A question that is there: its content's hash, and whether this import brought it."""

    digest: str
    is_fresh: bool


class JoinedDataset:
    """One dataset while questions join it, in batches, inside the caller's `write(session)`."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        name: str,
        warnings: Warnings,
        add_supports: AddSupports | None,
    ) -> None:
        self.session, self.actor, self.warnings = session, actor, warnings
        self.added = self.rationales = 0
        row = find_dataset(session, name)
        if row is None:
            row = DatasetRow(name=name, created_at=utc_now(), other_names=[])
            session.add(row)
            session.flush()
        self.row, self.id, self.name = row, row.id, row.name
        self._add_supports = add_supports
        # what has a higher id than this came by this import: it holds the writer's lock
        self._last_before = session.scalar(select(func.max(QuestionRow.id))) or 0
        self._places: dict[Split, int] = {}
        self._unnamed: dict[Split, set[str]] = {}
        self._batch: list[Joining] = []

    def name_repeated(self, question: Question) -> Question:
        """Return a question without an id of its own, under one that the source has not used."""
        used = self._unnamed.setdefault(question.split, set())
        name = question.external_id
        if name in used:
            name = next(f"{name}-{n}" for n in range(2, len(used) + 3) if f"{name}-{n}" not in used)
            question = replace(question, external_id=name)
        used.add(name)
        return question

    def add(self, question: Question, digest: str, where: str, support: str | None) -> None:
        """Add a question unless it is there; raises Conflict for another one with its id."""
        position = self._places.get(question.split, 0)
        self._places[question.split] = position + 1
        self._batch.append(Joining(question, digest, where, position, support))
        if len(self._batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the questions that wait."""
        batch, self._batch = self._batch, []
        if not batch:
            return
        there = self._look_up([joining.question.external_id for joining in batch])
        fresh = [joining for joining in batch if self._is_fresh(joining, there)]
        self._insert(fresh)
        self.added += len(fresh)
        texts = {
            (joining.question.split, joining.question.external_id): joining.support
            for joining in batch
            if joining.support
        }
        if texts and self._add_supports is not None:
            source = f"{self.name}'s own"
            pairs = self._with_ids(texts)
            self.rationales += self._add_supports(self.session, self.actor, source, pairs)

    def _look_up(self, names: Sequence[str]) -> dict[tuple[Split, str], _There]:
        rows = self.session.execute(
            select(
                QuestionRow.id, QuestionRow.split, QuestionRow.external_id, QuestionRow.content_hash
            ).where(QuestionRow.dataset_id == self.id, QuestionRow.external_id.in_(names))
        )
        return {
            (split, name): _There(digest, question_id > self._last_before)
            for question_id, split, name, digest in rows
        }

    def _is_fresh(self, joining: Joining, there: dict[tuple[Split, str], _There]) -> bool:
        """Return whether a question is new, and note that it is there now."""
        split, name = joining.question.split, joining.question.external_id
        known = there.get((split, name))
        if known is not None:
            self._compare(joining, known)
            return False
        for other in Split:
            if (twin := there.get((other, name))) and twin.digest == joining.digest:
                self.warnings.add(
                    f"'{name}' is in {other} already and is in {split} now: the same question, "
                    "which training leaves out where it is tested."
                )
        there[split, name] = _There(joining.digest, is_fresh=True)
        return True

    def _compare(self, joining: Joining, known: _There) -> None:
        """Say that a question stands twice; raises for another one with its id."""
        split, name = joining.question.split, joining.question.external_id
        if known.digest == joining.digest:
            if known.is_fresh:
                self.warnings.add(f"{joining.where}: '{name}' stands twice; it is taken once.")
            return
        if known.is_fresh:
            raise InvalidInput(
                f"The id '{name}' stands twice in '{self.name}', {split}, with different content. "
                "Give each question of a split an id of its own."
            )
        raise Conflict(
            f"'{self.name}' holds a question '{name}' with other content in its {split} split. "
            "Import the changed file under another dataset name."
        )

    def _insert(self, fresh: Sequence[Joining]) -> None:
        if not fresh:
            return
        now = utc_now()
        sketches = sketch_texts(
            [asked_text(joining.question.stem, joining.question.choices) for joining in fresh]
        )
        rows = [
            {
                "dataset_id": self.id,
                "split": joining.question.split,
                "external_id": joining.question.external_id,
                "position": joining.position,
                "stem": joining.question.stem,
                "choices": [
                    {"label": choice.label, "text": choice.text}
                    for choice in joining.question.choices
                ],
                "answer_key": joining.question.answer_key,
                "answer_form": joining.question.answer_form,
                "group": joining.question.group,
                "content_hash": joining.digest,
                "sketch": sketch,
                "created_at": now,
            }
            for joining, sketch in zip(fresh, sketches, strict=True)
        ]
        self.session.execute(QuestionRow.__table__.insert(), rows)  # type: ignore[attr-defined]

    def _with_ids(self, texts: Mapping[tuple[Split, str], str]) -> list[tuple[int, str]]:
        rows = self.session.execute(
            select(QuestionRow.id, QuestionRow.split, QuestionRow.external_id).where(
                QuestionRow.dataset_id == self.id,
                QuestionRow.external_id.in_([name for _, name in texts]),
            )
        )
        return [
            (question_id, text)
            for question_id, split, name in rows
            if (text := texts.get((split, name)))
        ]
