"""Rows of other files joined to stored questions, by id or by the question's text."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, QuestionRow
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.errors import InvalidInput
from scicot.words.records import Split


def folded(text: str) -> str:
    """Return a question's text as it is compared: lower case, single blanks."""
    return " ".join(text.casefold().split())


class Matcher:
    """The questions of a dataset, or of both sets that a prefix names, by id and by text."""

    def __init__(self, session: Session, dataset: str, split: Split | None = None) -> None:
        self.dataset, self.split = dataset, split
        several = DatasetRow.name.in_([f"{dataset}-easy", f"{dataset}-challenge"])
        query = (
            select(QuestionRow.id, QuestionRow.external_id, QuestionRow.split, QuestionRow.stem)
            .join(DatasetRow, DatasetRow.id == QuestionRow.dataset_id)
            .where((DatasetRow.name == dataset) | several)
        )
        if split is not None:
            query = query.where(QuestionRow.split == split)
        self._by_id: dict[str, list[int]] = {}
        self._by_text: dict[str, list[int]] = {}
        self._splits: dict[int, Split] = {}
        for question_id, external_id, of, stem in session.execute(query):
            self._by_id.setdefault(external_id, []).append(question_id)
            self._by_text.setdefault(folded(stem), []).append(question_id)
            self._splits[question_id] = of
        if not self._splits:
            find_dataset_id(session, dataset)  # raises NotFound with the names there are

    def find(self, external_id: str, text: str = "", split: Split | None = None) -> int:
        """Return the question's id; raises InvalidInput that says why there is none, or several."""
        by_id = self._narrowed(self._by_id.get(external_id, []), split) if external_id else []
        by_text = self._narrowed(self._by_text.get(folded(text), []), split) if text else []
        both = [question_id for question_id in by_id if question_id in by_text]
        for candidates in (both, by_id, by_text):
            if len(candidates) == 1:
                return candidates[0]
        where = f"in the {split or self.split} split of" if split or self.split else "in"
        if by_id or by_text:
            splits = sorted({self._splits[question_id].value for question_id in by_id or by_text})
            named = f"the id '{external_id}'" if by_id else "this text"
            raise InvalidInput(
                f"{len(by_id or by_text)} questions {where} '{self.dataset}' bear {named} "
                f"({', '.join(splits)}). Say which split it is: --split, or a column 'split'."
            )
        named = f"no question '{external_id}'" if external_id else "no question with this text"
        raise InvalidInput(
            f"there is {named} {where} '{self.dataset}'. Correct the id, the dataset or the split."
        )

    def _narrowed(self, ids: list[int], split: Split | None) -> list[int]:
        if split is None or len(ids) < 2:
            return ids
        return [question_id for question_id in ids if self._splits[question_id] is split]
