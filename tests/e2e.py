"""The whole line from the command line: `make e2e` prints one JSON object with every count.

Real ARC, the starter teacher and the starter student; minutes on two cores. The sizes can be set:
`python -m tests.e2e --train 60 --test 40 --student starter`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ARC = ROOT.parent / "shared" / "data" / "arc"
DATASET = "arc-easy"
METHODS = ("finetune", "one_stage", "sci_cot")
BROKEN = {"cut_off", "chat"}  # what a hurried reviewer would not let through


def command(*words: object) -> dict[str, Any]:
    """Run one command and return its JSON; its messages go to stderr as they come."""
    line = [sys.executable, "-m", "scicot", *map(str, words), "--json"]
    done = subprocess.run(line, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(line)}\n{done.stdout}")
    result = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(result, dict)
    return result


def review(folder: Path) -> dict[str, int]:
    """Decide every rationale in a file, as a person would by key, and import the decisions."""
    texts, decisions = folder / "texts.jsonl", folder / "decisions.jsonl"
    command("export", "rationales", texts, "--dataset", DATASET, "--include", "unreviewed")
    flags = {row["id"]: set(row["flags"]) for row in map(json.loads, texts.open())}
    command("review", "export", decisions, "--dataset", DATASET)
    rows = [json.loads(line) for line in decisions.open()]
    counts = {"accept": 0, "reject": 0}
    for row in rows:
        verdict = "reject" if flags[row["id"]] & BROKEN else "accept"
        counts[verdict] += 1
        row["status"] = f"{verdict}ed"
        row["reviews"] = [
            {
                "revision": 1,
                "revision_before": 1,
                "status_before": "unreviewed",
                "verdict": verdict,
                "reason": None,
                "reviewer": "e2e",
                "operation_id": uuid.uuid4().hex,
                "batch_id": None,
                "created_at": datetime.now(UTC).isoformat(),
                "undone_at": None,
                "undo_operation_id": None,
            }
        ]
    decisions.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return counts | command("review", "import", decisions)


def train(method: str, options: argparse.Namespace) -> dict[str, Any]:
    """Train one method and return what its run says."""
    return command(
        *("train", method, "--dataset", DATASET, "--snapshot", "e2e", "--wait"),
        *("--student", options.student, "--set", f"limit_train={options.train}"),
        *("--set", f"limit_test={options.test}", "--set", f"epochs={options.epochs}"),
    )


def whole_line(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Import, generate, review, snapshot, train three methods, compare; return every count."""
    result: dict[str, Any] = {}
    result["import"] = command("import", "questions", ARC, "--dataset", "arc")
    result["import_again"] = command("import", "questions", ARC, "--dataset", "arc")
    asked = ("--dataset", DATASET, "--teacher", "starter", "--limit", options.train)
    result["generate"] = command("generate", *asked)
    result["generate_again"] = command("generate", *asked)
    result["checks"] = command("checks", "run", "--dataset", DATASET)
    result["review"] = review(folder)
    result["snapshot"] = command("snapshot", "create", "e2e", "--dataset", DATASET)
    runs = {method: train(method, options) for method in METHODS}
    result["runs"] = {
        method: {key: run[key] for key in ("run", "status", "metrics")}
        for method, run in runs.items()
    }
    result["compare"] = command("compare", runs["sci_cot"]["run"], runs["one_stage"]["run"])
    predictions = folder / "predictions.jsonl"
    command("export", "predictions", runs["sci_cot"]["run"], predictions)
    result["predictions"] = len(predictions.read_text(encoding="utf-8").splitlines())
    result["doctor"] = {one["area"]: one["level"] for one in command("doctor")["findings"]}
    return result


def main() -> None:
    """Run the line in a home of its own and print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=int, default=60, help="training questions")
    parser.add_argument("--test", type=int, default=40, help="test questions")
    parser.add_argument("--student", default="starter")
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--keep", type=Path, help="keep the home here, to open it in the app")
    options = parser.parse_args()
    if not ARC.is_dir():
        sys.exit(f"The ARC question sets are not at {ARC}.")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="scicot-e2e-") as name:
        os.environ["SCICOT_HOME"] = str(options.keep or Path(name) / "home")
        result = whole_line(options, Path(name))
    result["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
