"""Rows of other files joined to stored questions, by id or by the question's text."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import DatasetRow, QuestionRow
from scicot.pure.questions.prompts import TextsInside
from scicot.services.questions.lookup import find_dataset_id
from scicot.words.errors import InvalidInput
from scicot.words.records import Split


def folded(text: str) -> str:
    """Return a question's text as it is compared: lower case, single blanks."""
    return " ".join(text.casefold().split())


class Matcher:
    """The questions of a dataset, or of both sets that a prefix names, by id and by text.

    A text may be the whole prompt that was sent: the question that it asks last is meant.
    """

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
        self._inside = TextsInside()
        for question_id, external_id, of, stem in session.execute(query):
            self._by_id.setdefault(external_id, []).append(question_id)
            self._by_text.setdefault(folded(stem), []).append(question_id)
            self._inside.add(stem, question_id)
            self._splits[question_id] = of
        if not self._splits:
            find_dataset_id(session, dataset)  # raises NotFound with the names there are

    def find(
        self, external_id: str, text: str = "", split: Split | None = None, passage: str = ""
    ) -> int:
        """Return the question's id; raises InvalidInput that says why there is none, or several.

        Where the id is one question's and the text is another's, the text counts: the numbers of
        somebody's own rows look like ids.
        """
        by_id = self._narrowed(self._by_id.get(external_id, []), split) if external_id else []
        by_text = self._narrowed(self._find_text(text, passage, external_id), split) if text else []
        both = [question_id for question_id in by_id if question_id in by_text]
        for candidates in (both, by_text) if by_text else (by_id,):
            if len(candidates) == 1:
                return candidates[0]
        where = f"in the {split or self.split} split of" if split or self.split else "in"
        if several := by_text or by_id:
            splits = sorted({self._splits[question_id].value for question_id in several})
            named = "this text" if by_text else f"the id '{external_id}'"
            way_out = (
                "Say which split it is: --split, or a column 'split'."
                if len(splits) > 1
                else "Say which one by its id."
            )
            raise InvalidInput(
                f"{len(several)} questions {where} '{self.dataset}' bear {named} "
                f"({', '.join(splits)}). {way_out}"
            )
        named = f"no question '{external_id}'" if external_id else "no question with this text"
        raise InvalidInput(
            f"there is {named} {where} '{self.dataset}'. Correct the id, the dataset or the split."
        )

    def _find_text(self, text: str, passage: str, external_id: str) -> list[int]:
        whole = self._by_text.get(folded(f"{passage}\n{text}"), []) if passage else []
        if same := whole or self._by_text.get(folded(text), []):
            return same
        inside = self._inside.find(text)
        by_id = self._by_id.get(external_id, [])
        # an id that is more than a row's number says more than what a prompt shows
        return inside if external_id.isdigit() or not set(by_id) - set(inside) else []

    def _narrowed(self, ids: list[int], split: Split | None) -> list[int]:
        if split is None or len(ids) < 2:
            return ids
        return [question_id for question_id in ids if self._splits[question_id] is split]
