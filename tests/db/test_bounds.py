"""A text that is longer than its column is refused by a sentence, whichever database it is."""

from __future__ import annotations

import pytest
from sqlalchemy import String, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

import db.models  # noqa: F401
from db.base import Base
from db.models import DatasetRow, TagRow
from db.rows import insert_or_replace
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.words.errors import InvalidInput

BOUNDED = [
    (column, column.type.length)
    for table in Base.metadata.sorted_tables
    for column in table.c
    if isinstance(column.type, String) and column.type.length
]


def test_no_column_takes_more_than_it_says(session: Session) -> None:
    for column, most in BOUNDED:
        long = "é" * (most + 1)
        said = rf"{column.name.replace('_', ' ')} of a .* {len(long)} characters"
        keys = {key.name: "x" for key in column.table.primary_key}
        with pytest.raises(InvalidInput, match=said):
            session.execute(insert(column.table).values(keys | {column.name: long}))
        with pytest.raises(InvalidInput, match=said):
            session.execute(update(column.table).values({column.name: long}))
    assert len(BOUNDED) > 50


def test_a_name_of_just_the_length_is_stored_and_one_sign_more_changes_nothing(
    session: Session,
) -> None:
    with write(session):
        session.add(DatasetRow(name="é" * 100, created_at=utc_now(), other_names=[]))
    row = session.scalars(select(DatasetRow)).one()
    with pytest.raises(InvalidInput, match="101 characters"), write(session):
        row.name = "é" * 101
    with pytest.raises(InvalidInput, match="101 characters"), write(session):
        insert_or_replace(session, TagRow, [{"id": 1, "name": "x" * 101}], keys=("id",))
    with pytest.raises(InvalidInput, match="101 characters"), write(session):
        session.execute(update(DatasetRow).values(name=bindparam("new")), {"new": "x" * 101})
    assert session.scalars(select(func.length(DatasetRow.name))).all() == [100]
    assert session.scalar(select(func.count()).select_from(TagRow)) == 0
