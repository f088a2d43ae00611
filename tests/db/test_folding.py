import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.folding import holds
from db.models import DatasetRow
from db.session import write
from scicot.adapters.clock import utc_now


@pytest.mark.parametrize(
    ("text", "is_held"),
    [("straße", True), ("STRASSE", True), ("Öl_%", True), ("öLx", False), ("_l", False)],
)
def test_a_text_is_found_whatever_the_case_and_stands_for_itself(
    session: Session, text: str, is_held: bool
) -> None:
    with write(session):
        session.add(DatasetRow(name="Straße zum öl_%", created_at=utc_now()))
    found = session.scalars(select(DatasetRow.id).where(holds(session, DatasetRow.name, text)))
    assert bool(found.all()) is is_held
