"""The control: what a reference mends beyond another question's rationale, as a table."""

from __future__ import annotations

import streamlit as st

from pages.shared.plain_table import Cell, Head, Line, show_plain_table
from scicot.pure.evaluation.attribution import Flips
from scicot.pure.shares import say_share
from scicot.services.evaluation.attribution import Attribution, SeedFlips
from scicot.words.records import Variant

MASKED = Variant.MASKED_REFERENCE
NAMES = {Variant.TEACHER_RATIONALE: "the reference", MASKED: "the reference, masked"}
HEADS = (
    Head("Given"),
    Head("Runs"),
    Head("Wrong", is_number=True, help="Answers, on the questions on which both were tried."),
    Head("mended by it", is_number=True),
    Head("by another's", is_number=True),
    Head(
        "Difference, points",
        is_number=True,
        help="Of the shares mended, with the 95 % interval of paired answers.",
    ),
    Head("Right", is_number=True, help="Answers, on the same questions."),
    Head("spoilt by it", is_number=True),
    Head("by another's", is_number=True),
)


def show_control(found: Attribution, run_id: int, seeds: SeedFlips | None) -> None:
    """Show what the reference mends of a run's errors, and of its seeds', and what that tells."""
    controls = [(str(run_id), found.flips, found.flips_masked)]
    if seeds is not None:
        controls.append((", ".join(map(str, seeds.runs)), seeds.flips, seeds.flips_masked))
    lines = [
        _describe(variant, runs, flips)
        for runs, plain, masked in controls
        for variant, flips in ((Variant.TEACHER_RATIONALE, plain), (MASKED, masked))
        if flips is not None and flips.questions
    ]
    if lines:
        st.markdown("**Control: does the reference mend more than another question's rationale?**")
        show_plain_table(
            HEADS, lines, key="control", label="What the reference mends beyond another's rationale"
        )
    if found.flips is not None:
        st.caption(_say(found.flips, seeds))


def _describe(variant: Variant, runs: str, flips: Flips) -> Line:
    """Return a row of the control; dashes where too few wrong answers were asked with both."""
    if flips.gain is None or flips.interval is None:
        return Line([Cell(NAMES[variant]), Cell(runs), Cell(f"{flips.wrong:,}"), *[Cell("–")] * 6])
    right = [flips.spoilt, flips.spoilt_by_others]
    return Line(
        [
            Cell(NAMES[variant]),
            Cell(runs),
            Cell(f"{flips.wrong:,}"),
            Cell(say_share(flips.mended / flips.wrong, 0)),
            Cell(say_share(flips.mended_by_others / flips.wrong, 0)),
            Cell(f"{flips.gain * 100:+.1f} {flips.interval.in_brackets('.1f')}"),
            Cell(f"{flips.right:,}"),
            *(Cell(say_share(of / flips.right, 0) if flips.right else "–") for of in right),
        ],
        is_faint=not flips.tells_blame,
    )


def _say(flips: Flips, seeds: SeedFlips | None) -> str:
    """Return what follows from the control of this run, and what it compares."""
    said = [flips.verdict]
    if not flips.tells_blame:
        said.append("So no fault below is the rationale's or the answering's.")
    over = "questions, for several runs over questions and seeds" if seeds else "questions"
    said.append(
        "Masked: without its answer sentence and the options' words. Another's: the mean over "
        f"{flips.others} other questions' rationales. The intervals are over {over}."
    )
    return " ".join(said)
