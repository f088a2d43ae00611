"""The colour of each method, the same on every screen, in every figure and in the report.

Each stands out from a white and from a dark ground alike, 3 to 1 or more, and neighbours differ in
lightness too, for eyes that tell few colours apart.
"""

from __future__ import annotations

METHOD_COLORS = {
    "sci_cot": "#0d9488",
    "one_stage": "#d9622b",
    "finetune": "#4a86cf",
    "step_by_step": "#9167d8",
    "few_shot": "#a98307",
    "untrained": "#7f8791",
}
SPARE = ("#c94f8c", "#5c9a3c", "#b3574e", "#3f93a8", "#8d7a5a", "#6f74c9")
NOTHING = "#7f8791"


def color_of_method(method: str | None) -> str:
    """Return a method's colour; one that joins later has one of the spare ones, always the same."""
    if method is None:
        return NOTHING
    return METHOD_COLORS.get(method) or SPARE[sum(method.encode()) % len(SPARE)]
