"""A report as one HTML page: every text escaped, no script, nothing fetched from anywhere."""

from __future__ import annotations

import base64
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from scicot.pure.evaluation import attribution, slices
from scicot.pure.evaluation.comparison import say_needed, say_p
from scicot.pure.evaluation.followed import COLUMNS
from scicot.pure.evaluation.report import CELL_TITLES, EXAMPLES, NO_PAIRS, Report
from scicot.pure.evaluation.table_words import (
    describe_basis,
    describe_measured,
    describe_published,
    percent,
    say_caption,
    say_reasons,
    with_reasons,
)
from scicot.pure.shares import say_share
from scicot.pure.statistics import wilson_interval


def render_html(report: Report) -> str:
    """Return the report as a page that opens without the app and without the network."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["percent"] = percent
    environment.filters["say_p"] = say_p
    environment.filters["say_share"] = say_share
    environment.filters["sentence"] = _sentence
    environment.filters["say_reasons"] = say_reasons
    environment.filters["with_reasons"] = with_reasons
    environment.filters["data_uri"] = _data_uri
    environment.filters["by_run"] = slices.by_run
    text = files("scicot.data").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(text).render(
        report=report,
        describe_measured=describe_measured,
        describe_published=describe_published,
        describe_basis=describe_basis,
        say_caption=say_caption,
        say_needed=say_needed,
        wilson=wilson_interval,
        cell_titles=CELL_TITLES,
        no_pairs=NO_PAIRS,
        examples=EXAMPLES,
        given=attribution.GIVEN,
        followed_columns=COLUMNS,
        slice_titles=slices.TITLES,
    )


def _sentence(words: str) -> str:
    """Return words as a sentence of their own."""
    return f"{words[:1].upper()}{words[1:]}."


def _data_uri(svg: str) -> str:
    """Return an SVG document as an image's address: as an image it can run nothing."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")
