"""What having rationales judged will cost, before it starts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.models import RunRow
from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.pricing import Estimate
from scicot.services.judge.judging import pin_corrections, read_docket
from scicot.services.teacher.estimates import estimate_ask
from scicot.words.asking_configs import JudgeConfig
from scicot.words.records import RunKind

CRITERION_TOKENS = (15.0, 60.0)  # a criterion's name, its verdict, and the words it is about


def estimate_judge(session: Session, config: JudgeConfig) -> Estimate:
    """Return how many calls the judge needs that are not in the ledger yet, and their cost.

    Raises NotFound, and InvalidConfig where corrections are to be shown that there are not.
    """
    docket, questions = read_docket(session, pin_corrections(session, config))
    low, high = (docket.criteria * tokens for tokens in CRITERION_TOKENS)
    return estimate_ask(
        session,
        docket.ask(config, parse_teacher(config.teacher).base_url),
        questions,
        RunRow.kind == RunKind.JUDGE,
        expected=(low, high),
    )
