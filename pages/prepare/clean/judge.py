"""The judge on the screen: its rubric in versions, its runs, and how far people agree with it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.prepare.bounds import choose_budget, choose_limit
from pages.prepare.clean.rubric_form import choose_rubric
from pages.prepare.clean.touched import show_touched
from pages.prepare.offer import show_estimate
from pages.prepare.teacher_choice import choose_teacher
from pages.shared import links
from pages.shared.answers import answered_at, show_answer
from pages.shared.frame import current_actor, errors_shown
from pages.shared.panel import say_queue, show_unfinished
from pages.shared.plain_table import show_records
from pages.shared.press import press_button
from scicot.pure.judge.agreement import JudgeAgreement
from scicot.pure.shares import say_share
from scicot.pure.statistics import Interval
from scicot.services.judge.agreement import JudgeLine, list_judges
from scicot.services.judge.estimate import estimate_judge
from scicot.services.judge.rubrics import Rubric
from scicot.services.workspace import open_workspace
from scicot.words.asking_configs import JudgeConfig
from scicot.words.records import RunKind

PLACE = "judge"


def show_judge(dataset: str) -> None:
    """Show rubric, the way to have it judged by, and every judge beside people's verdicts."""
    st.write(
        "A large model reads the rationales by a rubric. Review some first: only verdicts given "
        "before the judge read the same text say how far it can be trusted."
    )
    rubric = choose_rubric()
    _show_start(dataset, rubric)
    show_unfinished(RunKind.JUDGE, dataset)
    with open_workspace() as session:
        judges = list_judges(session, dataset)
    if judges:
        _show_judges(judges)
        st.page_link(
            links.REVIEW,
            label="Review what a judge rejects, first",
            icon=":material/rate_review:",
            query_params={"dataset": dataset, "judged": "true"},
        )
        show_touched(dataset)


def _show_start(dataset: str, rubric: Rubric) -> None:
    st.markdown("##### Have it judge")
    teacher = choose_teacher()
    first, second, third = st.columns(3)
    limit = choose_limit(first, "judge_limit", "Only the first so many rationales")
    examples = second.number_input(
        "Corrections it is shown",
        0,
        8,
        0,
        key="judge_examples",
        persist_state="session",
        help="Texts on which people, blind, said otherwise than this judge by this rubric; never "
        "one of the question that it judges. Shown others, it counts as another judge.",
    )
    budget = choose_budget(third, "judge_budget")
    if teacher is None:
        st.button(f"Judge by rubric {rubric.id}", icon=":material/gavel:", disabled=True)
        return
    with errors_shown():
        config = JudgeConfig.checked(
            dataset=dataset,
            rubric=rubric.id,
            teacher=teacher,
            limit=limit,
            examples=int(examples),
            budget_usd=budget,
        )
        with open_workspace() as session:
            estimate = estimate_judge(session, config)
        is_there = not estimate.calls and estimate.already_stored > 0
        press_button(
            "All of these were asked already" if is_there else f"Judge by rubric {rubric.id}",
            partial(_start, config),
            type="primary",
            icon=":material/gavel:",
            key="judge_start",
            disabled=is_there,
            help="What was judged already by this rubric is not asked again.",
        )
        show_estimate(estimate, say_queue(RunKind.JUDGE))
    show_answer(PLACE)


def _start(config: JudgeConfig) -> None:
    with answered_at(PLACE), open_workspace() as workspace:
        workspace.start(current_actor(), config)


def _show_judges(judges: list[JudgeLine]) -> None:
    st.markdown("##### Beside people's blind verdicts")
    show_records(
        [_describe(line) for line in judges],
        key="judges",
        label="Judges and how people agree with them, by rubric version",
        about={
            "precision": "Of what the judge rejects, the share that people reject.",
            "recall": "Of what people reject, the share that the judge rejects.",
            "passing right": "Of what the judge passes, the share that people accept.",
            "kappa": "Agreement beyond chance (Cohen): 1 is whole, 0 is chance.",
            "compared": "Texts with a verdict that was given before the judge read them.",
        },
    )
    st.caption("In brackets the 95 % interval: Wilson's, for kappa by Fleiss, Cohen and Everitt.")


def _describe(line: JudgeLine) -> dict[str, object]:
    agreed = line.agreement
    return {
        "rubric": line.rubric,
        "judge": line.judge,
        "read": line.judged,
        "rejects": line.rejected,
        "compared": agreed.n,
        "precision": _say(agreed.precision, agreed.precision_interval),
        "recall": _say(agreed.recall, agreed.recall_interval),
        "passing right": _say(agreed.passing_right, agreed.passing_interval),
        "kappa": _say_kappa(agreed),
    }


def _say(share: float | None, interval: Interval | None) -> str:
    if share is None or interval is None:
        return "unknown"
    return f"{say_share(share, 0)} {interval.in_brackets()}"


def _say_kappa(agreed: JudgeAgreement) -> str:
    kappa = agreed.kappa
    if kappa is None or kappa.kappa is None or kappa.interval is None:
        return "unknown"
    return f"{kappa.kappa:.2f} {kappa.interval.in_brackets('.2f', scale=1)}"
