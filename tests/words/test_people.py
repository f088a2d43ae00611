"""One table says who may do what; the code and the table name the same pages and actions."""

from __future__ import annotations

import pytest

from scicot.words.errors import NotAllowed
from scicot.words.people import MAY, Action, require
from scicot.words.records import Actor, Role


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_an_action_is_for_its_role_and_those_above(action: Action, role: Role) -> None:
    above = {
        Role.VIEWER: {Role.VIEWER, Role.REVIEWER, Role.ADMIN},
        Role.REVIEWER: {Role.REVIEWER, Role.ADMIN},
        Role.ADMIN: {Role.ADMIN},
    }
    actor = Actor("ada@example.org", role)
    if role in above[MAY[action]]:
        require(actor, action)
    else:
        with pytest.raises(NotAllowed, match="Ask an administrator"):
            require(actor, action)
