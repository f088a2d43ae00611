"""A report as Markdown: the same content as the page, every text of others made harmless."""

from __future__ import annotations

from collections.abc import Iterator

from scicot.pure.evaluation.attribution import GIVEN
from scicot.pure.evaluation.comparison import say_needed, say_p
from scicot.pure.evaluation.followed import COLUMNS, Followed
from scicot.pure.evaluation.report import (
    CELL_TITLES,
    NO_PAIRS,
    Report,
    ReportExample,
    ReportFaults,
    ReportPair,
    ReportRun,
)
from scicot.pure.evaluation.slices import TITLES as SLICE_TITLES
from scicot.pure.evaluation.table_formats import to_markdown
from scicot.pure.evaluation.table_words import percent, with_reasons
from scicot.pure.markdown import escape_markdown, fence
from scicot.pure.shares import say_share
from scicot.pure.statistics import wilson_interval


def to_report_markdown(report: Report) -> str:
    """Return the report in Markdown; figures are left out, their values are in the tables."""
    parts = [
        f"# {escape_markdown(report.title)}",
        f"Written by Sci-CoT on {report.created_at:%Y-%m-%d %H:%M} UTC. "
        f"Published figures: {escape_markdown(report.source)}.",
        "## Tables",
        *map(escape_markdown, report.test_reads),
    ]
    for part in report.parts:
        parts += [f"### {escape_markdown(part.said)}"] if part.said else []
        parts += map(to_markdown, part.tables)
    parts += ["## Comparisons", *([] if report.pairs else [NO_PAIRS])]
    for pair in report.pairs:
        parts += _pair(pair)
    parts.append("## Attribution")
    if not report.faults:
        parts.append("No two-stage run's answering stage was asked again.")
    for faults in report.faults:
        parts.append(f"### Run {faults.run_id}: {escape_markdown(faults.name)}")
        parts += [
            f"- {faults.words[fault].title}: {count} of {faults.errors} errors. "
            f"{faults.words[fault].definition}"
            for fault, count in faults.faults.items()
        ]
        parts += [_variants(faults), faults.said, *faults.control, *faults.over_seeds]
        parts += _followed(faults.followed)
    parts.append("## Runs")
    for run in report.runs:
        parts += _run(run)
    return "\n\n".join(parts) + "\n"


def _variants(faults: ReportFaults) -> str:
    """Return how the answering stage does with each kind of rationale, as a table."""
    lines = [
        "| The answering stage is given | n | right | 95 % | its own, there | one place always |",
        "| :-- | --: | --: | :-- | --: | --: |",
    ]
    for variant, title in GIVEN.items():
        score = faults.variants.get(variant)
        if score is None:
            continue
        bounds = score.interval.to_words(".1f") if score.interval else "–"
        own = percent(faults.own[variant].accuracy)
        place = percent(faults.same_place.get(variant))
        lines.append(
            f"| {title} | {score.n} | {percent(score.accuracy)} | {bounds} | {own} | {place} |"
        )
    return "\n".join(lines)


def _followed(followed: Followed) -> Iterator[str]:
    """Yield what the run's own rationales argue for against its answers: a table, what it says."""
    if followed.questions:
        heads = ("The rationale argues for", *COLUMNS)
        lines = [heads, (":--", *["--:"] * len(COLUMNS)), *followed.rows]
        yield "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        yield " ".join(followed.sentences)


def _pair(pair: ReportPair) -> Iterator[str]:
    comparison = pair.found
    yield (
        f"### {escape_markdown(pair.of)}: A = {escape_markdown(pair.name_a)} (run "
        f"{pair.run_a}), B = {escape_markdown(pair.name_b)} (run {pair.run_b})"
    )
    if pair.over_seeds:
        yield f"**Over all seeds.** {escape_markdown(pair.over_seeds)}"
    yield f"**{escape_markdown(pair.sentence)}**"
    yield (
        "| | B right | B wrong |\n| :-- | --: | --: |\n"
        f"| A right | {comparison.both} | {comparison.only_a} |\n"
        f"| A wrong | {comparison.only_b} | {comparison.neither} |"
    )
    unread_a = with_reasons(f"A {pair.matched_a.no_answer}", pair.reasons_a)
    unread_b = with_reasons(f"B {pair.matched_b.no_answer}", pair.reasons_b)
    yield (
        f"{comparison.matched} questions matched of {pair.score_a.n} (A) and {pair.score_b.n} (B); "
        f"McNemar mid-p {say_p(comparison.mid_p)}, Holm {say_p(pair.adjusted_p)}; no answer: "
        f"{unread_a}, {unread_b}; {say_needed(comparison)}."
    )
    if pair.learned:
        yield " ".join(map(escape_markdown, pair.learned))
    for dimension, rows in pair.slices.items():
        lines = [
            f"| {SLICE_TITLES[dimension]} | n | A | B | one place | A - B |",
            "| :-- | --: | --: | --: | --: | --: |",
        ]
        for row in rows:
            part = row.found
            a, b = part.both + part.only_a, part.both + part.only_b
            lines.append(
                f"| {escape_markdown(row.value.replace('_', ' '))} | {part.matched} | "
                f"{_share(a, part.matched)} | {_share(b, part.matched)} | "
                f"{percent(row.same_place, 1) or '–'} | "
                f"{part.difference * 100:+.1f} |"
            )
        yield "\n".join(lines)
    for cell, listed in pair.examples.items():
        count = getattr(comparison, cell.value)
        yield f"#### {CELL_TITLES[cell]}: {len(listed)} of {count} questions"
        for example in listed:
            yield from _example(example)


def _share(correct: int, n: int) -> str:
    interval = wilson_interval(correct, n)
    if interval is None:
        return "–"
    return f"{percent(correct / n, 1)} {escape_markdown(interval.in_brackets())}"


def _example(example: ReportExample) -> Iterator[str]:
    question = example.question
    yield f"**{escape_markdown(question.external_id)}** {escape_markdown(question.stem)}"
    yield "\n".join(
        f"- ({escape_markdown(choice.label)}) {escape_markdown(choice.text)}"
        + (" **key**" if choice.label == question.answer_key else "")
        for choice in question.choices
    )
    for answer in example.answers:
        label = escape_markdown(answer.label or "–")
        yield f"{escape_markdown(answer.name)}: {label}, {answer.outcome.replace('_', ' ')}"
        written = f"{answer.rationale}\n" if answer.rationale else ""
        yield fence(written + answer.output)
    if example.reference:
        yield "Reference rationale:"
        yield fence(example.reference)


def _run(run: ReportRun) -> Iterator[str]:
    yield f"### Run {run.id}: {escape_markdown(run.name)}"
    unread = with_reasons(f"no answer {run.score.no_answer}", run.reasons)
    interval = run.score.interval
    bounds = f" {escape_markdown(interval.in_brackets('.1f'))}" if interval else ""
    yield (
        f"{escape_markdown(run.dataset)}, {run.split}: {say_share(run.score.accuracy, 2)}{bounds} "
        f"of {run.score.n}, {unread}. Settings' hash `{run.config_hash}`; snapshot "
        f"{escape_markdown(run.snapshot or 'none')} {run.snapshot_hash or ''}; code "
        f"{escape_markdown(run.code_version)}; {escape_markdown(run.packages)}."
    )
    if run.learned:
        yield "\n".join(f"- {escape_markdown(sentence)}" for sentence in run.learned)
    yield fence(run.config)
    yield fence(run.stages)
