"""What models cost: OpenAI's list, and what people entered over it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import PriceRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.pure.teacher.pricing import LIST_PRICES
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor
from scicot.words.teaching import Price


def list_prices(session: Session) -> dict[str, Price]:
    """Return the price that holds of each model that has one, by model."""
    newest = select(func.max(PriceRow.id)).group_by(PriceRow.model)
    rows = session.scalars(select(PriceRow).where(PriceRow.id.in_(newest)))
    entered = {
        row.model: Price(row.input_usd, row.output_usd, row.as_of.isoformat()) for row in rows
    }
    return dict(sorted((dict(LIST_PRICES) | entered).items()))


def find_price(session: Session, model: str) -> Price | None:
    """Return the model's price, None when nobody knows it."""
    return list_prices(session).get(model)


@needs(Action.SET_PRICE)
def set_price(
    session: Session, actor: Actor, model: str, *, input_usd: float, output_usd: float, as_of: date
) -> None:
    """Enter a price, in USD for a million tokens; the earlier ones are kept."""
    if not model.strip():
        raise InvalidInput("A price needs the model's name, as the teacher's server knows it.")
    if not (0 <= input_usd < 1e5 and 0 <= output_usd < 1e5):
        raise InvalidInput(f"A price of '{model}' is negative or too large. Correct it.")
    with write(session):
        session.add(
            PriceRow(
                model=model.strip(),
                input_usd=input_usd,
                output_usd=output_usd,
                as_of=as_of,
                actor=actor.name,
                created_at=utc_now(),
            )
        )
