"""The rooms of docs/structure.md: who may look into which, what lives where, who needs no actor."""

from __future__ import annotations

# Which of our packages each layer may import, besides itself.
ALLOWED = {
    "app": ("pages",),
    "pages": ("scicot.services", "scicot.pure", "scicot.words"),
    "scicot.cli": ("scicot.bench", "scicot.services", "scicot.pure", "scicot.words"),
    "scicot.bench": ("scicot.services", "scicot.adapters", "scicot.pure", "scicot.words", "db"),
    "scicot.services": ("scicot.adapters", "scicot.pure", "scicot.words", "db"),
    "scicot.adapters": ("scicot.pure", "scicot.words"),
    "scicot.pure": ("scicot.words",),
    "scicot.words": (),
    "db": ("scicot.words",),
}
# The only homes of packages that are heavy, or that tie the code to an outside.
HOMES = {
    "streamlit": ("app", "pages"),
    "typer": ("scicot.cli",),
    "openai": ("scicot.adapters.teacher",),
    "xllamacpp": ("scicot.adapters.teacher",),
    "submitit": ("scicot.adapters.launchers",),
    "ray": ("scicot.adapters.launchers",),
    "torch": ("scicot.adapters.students", "scicot.bench"),
    "transformers": ("scicot.adapters.students", "scicot.bench"),
    "fsspec": ("scicot.adapters",),
    "peft": ("scicot.adapters.students",),
    "ctranslate2": ("scicot.adapters.students", "scicot.bench"),
    "sqlalchemy": ("db", "scicot.services", "scicot.bench"),
    "alembic": ("db",),
    "playwright": ("scicot.bench",),
    # files and processes of the machine: services say what, adapters do it
    **dict.fromkeys(
        ("subprocess", "psutil", "socket", "shutil", "fcntl"),
        ("scicot.adapters", "scicot.bench", "scicot.cli", "db"),
    ),
    "os": ("scicot.adapters", "scicot.bench", "scicot.cli", "scicot.words", "db", "pages.shared"),
    "tempfile": (  # what is uploaded becomes a file before anything reads it
        *("scicot.adapters", "scicot.bench", "scicot.cli", "db"),
        "pages.prepare.questions",
    ),
}
# The rooms inside a hall, and which other rooms of it each may import. What lies in the hall's own
# folder (OPEN) is for all of its rooms. Add a row for a new room, and nothing else to let it in.
ROOMS: dict[str, dict[str, tuple[str, ...]]] = {
    "scicot/services": {
        # the way in starts every kind of run, and no room knows it
        ".": (
            *("runs", "teacher", "students", "training", "evaluation", "judge", "worth"),
            *("imports", "launching"),
        ),
        "questions": (),
        "runs": (),
        "rationales": ("questions",),
        "predictions": ("questions", "runs"),
        "teacher": (
            *("questions", "runs", "rationales", "predictions"),
            *("teacher/calls", "teacher/ledger"),
        ),
        "teacher/calls": ("runs", "teacher/ledger"),
        "teacher/ledger": ("runs",),
        "students": ("questions", "runs", "predictions"),
        # an experiment may hold runs in which a large model answers
        "training": (
            *("questions", "runs", "rationales", "predictions", "students"),
            "teacher",
        ),
        # a press that fails is told, and its error kept, as any other
        "review": ("questions", "runs", "rationales", "teacher", "worth", "system"),
        "judge": ("questions", "runs", "teacher", "teacher/ledger"),
        "worth": ("questions", "rationales", "runs", "students", "training"),
        # what a judge passes may join the pile that is audited
        "cleaning": ("questions", "rationales", "review", "judge"),
        "evaluation": ("questions", "runs", "rationales", "predictions", "students", "training"),
        "parcels": ("runs", "students"),
        "imports": ("questions", "rationales", "runs"),
        # what hangs on what, wherever it lies
        "upkeep": ("questions", "runs", "training"),
        # a run that is elsewhere may travel as a parcel; what was asked for last is a preference
        "launching": ("runs", "parcels", "system"),
        "system": ("runs", "teacher/ledger"),
        "home": ("questions", "review", "runs", "training", "evaluation"),
        "demo": ("upkeep",),
    },
    "scicot/adapters": {
        # what several rooms need: where files lie, how they are written whole, the clock
        ".": (),
        "sources": (".",),
        # what all of its rooms need: a student's tokens, its loss, this machine
        "students": (".",),
        # processes that work for a run's own; what they do is told by the rooms that know it
        "students/helpers": (".", "students"),
        "students/asking": (".", "students", "students/helpers"),
        "students/stages": (".", "students"),
        # it asks on the validation questions, and keeps checkpoints
        "students/training": (
            *(".", "students", "students/helpers"),
            *("students/asking", "students/stages"),
        ),
        # a step and an answer, timed before a run
        "students/tryout": (".", "students", "students/asking", "students/training"),
        "teacher": (".",),
        # a runtime environment is a YAML file; a worker's allocator is set before it starts
        "launchers": (".", "sources", "students"),
    },
    "scicot/pure": {
        "students": (),
        "predictions": ("teacher", "questions"),
        "checks": (),
        "questions": (),
        "judge": ("teacher",),
        "review": ("students",),
        "runs": (),
        "training": (),
        "teacher": ("students",),
        "methods": ("students",),
        "cleaning": ("review",),
        "evaluation": ("checks", "predictions", "methods"),
        "worth": ("review",),
    },
    "pages": {
        "shared": (),
        **{
            f"{section}/{screen}": ("shared", section)
            for section, screens in {
                "prepare": ("questions", "generate", "review", "clean"),
                "train": ("launch", "runs"),
                "evaluate": ("results", "compare", "inspect", "attribution", "what_if"),
                "system": ("health", "people"),
                "start": ("home",),
            }.items()
            for screen in screens
        },
        "prepare": ("shared",),
        "train": ("shared",),
        "evaluate": ("shared",),
    },
}
# What lies in a hall itself, open to all of its rooms.
OPEN: dict[str, tuple[str, ...]] = {
    "scicot/services": (),
    "scicot/adapters": (),
    "scicot/pure": (
        "hashing",
        "markdown",
        "printable",
        "secrets",
        "shares",
        "spreadsheets",
        "statistics",
    ),
    "pages": (),
}
# Service functions with an actor that are no action of their own: they run inside the transaction
# of one that is, or only read for the person who asks.
NOT_ACTIONS = {
    "append_revision",
    "add_rationale",
    "add_rationales",
    "add_supports",
    "remember_mapping",
    "accept_in_batch",
    "note_first_reading",
    "release_lease",
    "release_all",
    "delete_draft",
    "add_run",
    "list_drafts",
    "look_over",
    "newest_audit",
    "pace_of",
    "load_item",
    "load_items",
    "next_items",
    "count_queues",
    "count_filtered",
    "find_similar",
    "other_reader",
    "read_by_another",
    "refuse_overriding",
    "list_deeds",  # asks by itself
}
# Service functions that write and know no actor: a run's own worker carries on what somebody was
# let start, its cluster says how it fares, or a person's own choice is kept for them.
WITHOUT_ACTOR = {
    *("take_over_requeued", "settle", "tell_killed"),
    *("store_predictions", "claim_run", "note_batch", "carry_out"),
    *("plan_job", "adopt_texts", "settle_leftovers", "note_refusals", "share_answers"),
    *("store_worths", "search_duplicates", "remember"),
    *("plan_shards", "claim_shard", "beat_shard", "release_shard", "finish_shard"),
}
