"""Ask the teacher again about one question, with a note on what was wrong."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from scicot.services.review.items import load_item
from scicot.services.runs.runs import list_runs
from scicot.services.teacher.generation import start_generation
from scicot.services.teacher.prompts import get_prompt, save_prompt
from scicot.words.asking_configs import GenerationConfig
from scicot.words.configs import STARTER_TEACHER
from scicot.words.errors import InvalidInput
from scicot.words.people import Action, needs
from scicot.words.records import Actor, RunKind
from scicot.words.settings import Settings

NOTED_PROMPT = "paper with a note"
LONGEST_NOTE = 500


@needs(Action.ASK_TEACHER)
def ask_again(
    session: Session, settings: Settings, actor: Actor, rationale_id: int, note: str
) -> int:
    """Start a run that asks the teacher once more about a rationale's question; return its id.

    The note becomes part of a prompt version of its own, so that the ledger pays for it once and
    the new rationale links to it. The teacher and its settings are those of the newest run on this
    dataset, or the starter teacher's.
    """
    note = note.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise InvalidInput(f"Write a note of 1 to {LONGEST_NOTE} characters to the teacher.")
    item = load_item(session, actor, rationale_id)
    dataset = item.question.dataset
    newest = list_runs(session, kinds=[RunKind.GENERATE], dataset=dataset, limit=1)
    values = dict(newest[0].config) if newest else {"teacher": STARTER_TEACHER}
    parts = get_prompt(session).parts
    noted = replace(parts, specificity=f"{parts.specificity}\n\nTake care: {note}")
    prompt = save_prompt(session, actor, NOTED_PROMPT, noted, is_note=True)
    config = GenerationConfig.checked(
        **{
            **values,
            "dataset": dataset,
            "split": item.question.split,
            "prompt_id": prompt.id,
            "question_ids": (item.question.id,),
            "limit": None,
            "samples": 1,
        }
    )
    return start_generation(session, settings, actor, config)
