"""Moments as the person's own clock says them, with UTC a look away."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from pages.shared.plain_table import Cell


def local_time(moment: datetime) -> datetime:
    """Return the moment in the zone of the browser, or of this machine where it tells none."""
    zone = st.context.timezone
    try:
        return moment.astimezone(ZoneInfo(zone)) if zone else moment.astimezone()
    except (ZoneInfoNotFoundError, ValueError):
        return moment.astimezone()


def say_moment(moment: datetime, *, now: datetime | None = None) -> str:
    """Return the moment in a few characters: the day only where it is another one."""
    here = local_time(moment)
    today = local_time(now or datetime.now(UTC))
    if here.date() == today.date():
        return f"{here:%H:%M}"
    return f"{here:%d %b %H:%M}" if here.year == today.year else f"{here:%d %b %Y %H:%M}"


def say_utc(moment: datetime) -> str:
    """Return the moment in UTC, for whoever points at it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def moment_cell(moment: datetime) -> Cell:
    """Return a table's cell: the moment by the person's clock, UTC where one points at it."""
    return Cell(say_moment(moment), help=say_utc(moment), value=moment.timestamp())
