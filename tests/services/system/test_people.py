"""Roles by e-mail, refusals in the services themselves, and a log that only grows."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from db.models import DeedRow
from db.session import write
from scicot import services
from scicot.services.review import verdicts
from scicot.services.review.items import load_item
from scicot.services.system.people import find_role, list_deeds, list_people, set_role
from scicot.words.errors import Conflict, InvalidInput, NotAllowed
from scicot.words.people import MAY
from scicot.words.records import Actor, Role, Split, Verdict
from scicot.words.settings import Settings
from tests.builders import store_questions, store_rationale

ADMIN = Actor("root@example.org")
GUARDED = {
    f"{module.__name__}.{name}": function
    for found in pkgutil.walk_packages(services.__path__, f"{services.__name__}.")
    for module in [importlib.import_module(found.name)]
    for name, function in vars(module).items()
    if hasattr(function, "needed_action") and function.__module__ == module.__name__
}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
@pytest.mark.parametrize("name", GUARDED)
def test_each_service_refuses_who_may_not_before_it_does_anything(
    session: Session, name: str, role: Role
) -> None:
    function = GUARDED[name]
    if role.reaches(MAY[function.needed_action]):
        pytest.skip("this role may")
    given: dict[str, Any] = {
        parameter: None
        for parameter, details in inspect.signature(function).parameters.items()
        if details.default is inspect.Parameter.empty
    }
    given |= {"session": session, "actor": Actor("eve@example.org", role)}
    with pytest.raises(NotAllowed):
        function(**given)
    assert session.scalar(select(func.count()).select_from(DeedRow)) == 0


def test_a_role_is_by_address_and_gone_when_it_is_taken(
    session: Session, settings: Settings
) -> None:
    assert find_role(session, settings, "ada@example.org") is None
    set_role(session, ADMIN, "Ada@Example.org ", Role.REVIEWER)
    assert find_role(session, settings, "ADA@example.org") is Role.REVIEWER
    set_role(session, ADMIN, "ada@example.org", None)
    assert find_role(session, settings, "ada@example.org") is None
    assert list_people(session) == []


def test_the_only_administrator_keeps_the_role_until_there_is_another(session: Session) -> None:
    own = Actor("ada@example.org")
    set_role(session, ADMIN, own.name, Role.ADMIN)
    for less in (None, Role.VIEWER, Role.REVIEWER):
        with pytest.raises(Conflict, match="only administrator"):
            set_role(session, own, "Ada@example.org", less)
    set_role(session, own, "bob@example.org", Role.ADMIN)
    set_role(session, own, own.name, None)
    assert [person.email for person in list_people(session)] == ["bob@example.org"]


def test_the_first_administrator_is_a_setting(session: Session) -> None:
    first = Settings(first_admin="Root@Example.org")
    assert find_role(session, first, "root@example.org") is Role.ADMIN
    assert find_role(session, Settings(first_admin=""), "") is None


@pytest.mark.parametrize("email", ["", "ada", "a b@c", "<a@b>", "a" * 330 + "@b.org"])
def test_what_is_no_address_gets_no_role(session: Session, email: str) -> None:
    with pytest.raises(InvalidInput):
        set_role(session, ADMIN, email, Role.VIEWER)


def test_a_deed_is_noted_once_with_what_it_wrote(session: Session, tmp_path: Path) -> None:
    question = store_questions(session, tmp_path / "data", validation=0, test=0)[Split.TRAIN][0]
    rationale_id = store_rationale(session, question)
    revision = load_item(session, ADMIN, rationale_id).rationale.revision_id
    reviewer = Actor("ada@example.org", Role.REVIEWER)
    verdicts.decide(session, reviewer, rationale_id, revision, Verdict.ACCEPT, operation_id="one")
    imported, decided = reversed(list_deeds(session, ADMIN))
    assert imported.action == "import"
    assert (decided.actor, decided.role, decided.action) == (
        "ada@example.org",
        Role.REVIEWER,
        "decide a rationale",
    )
    assert f"rationale_id {rationale_id}" in decided.what
    with pytest.raises(NotAllowed):
        list_deeds(session, reviewer)


def test_what_was_rolled_back_is_not_noted(session: Session, tmp_path: Path) -> None:
    store_questions(session, tmp_path / "data", validation=0, test=0)
    before = len(list_deeds(session, ADMIN))
    with pytest.raises(InvalidInput):
        set_role(session, ADMIN, "nobody", Role.VIEWER)
    with write(session):
        pass
    assert len(list_deeds(session, ADMIN)) == before


@pytest.mark.parametrize("change", ["UPDATE deed SET actor = 'eve'", "DELETE FROM deed"])
def test_the_log_only_grows(session: Session, change: str) -> None:
    set_role(session, ADMIN, "ada@example.org", Role.VIEWER)
    # PostgreSQL has a rule for it: nothing is done, and nothing said
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    refused = pytest.raises(DatabaseError, match="only grows") if is_sqlite else nullcontext()
    with refused, write(session):
        session.execute(text(change))
    assert len(list_deeds(session, ADMIN)) == 1
