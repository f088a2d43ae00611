import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from scicot.adapters.students.tryout.probe import ProbeResult
from scicot.services.training.estimate import estimate_training
from scicot.services.training.preview import inspect_training
from scicot.words.errors import NotFound
from scicot.words.settings import Settings, get_settings
from tests.services.training_line import prepare, teacher_text, tiny_config, train
from tests.tiny_students import tiny_t5

__all__ = ["tiny_t5"]


def test_a_preview_shows_the_first_batch_and_counts_what_is_cut(
    session: Session, tmp_path: Path, tiny_t5: Path
) -> None:
    questions = prepare(session, tmp_path / "files")
    config = tiny_config("sci_cot", tiny_t5, max_input_tokens=20, max_target_tokens=8)
    preview = inspect_training(session, get_settings(), config)
    rationale, answer = preview.stages
    assert (preview.train_questions, preview.test_questions) == (8, 4)
    assert rationale.counts is not None
    assert (rationale.counts.cut_inputs, rationale.counts.cut_targets) == (8, 8)
    assert "8 inputs and 8 targets of 8 are longer" in preview.notes[0]
    assert (answer.role, answer.hash) == ("answer", None)
    texts = {teacher_text(one) for one in next(iter(questions.values()))}
    assert preview.first_batch
    for example in preview.first_batch:  # as it is learned: cut
        written = example.target.removeprefix("Rationale: ")
        assert any(text.startswith(written) and text != written for text in texts)


def test_a_preview_names_the_stages_that_are_there(
    session: Session, settings: Settings, tmp_path: Path, tiny_t5: Path
) -> None:
    prepare(session, tmp_path / "files")
    config = tiny_config("one_stage", tiny_t5)
    before = inspect_training(session, get_settings(), config)
    run = train(session, settings, config)
    session.rollback()
    after = inspect_training(session, get_settings(), config)
    assert (before.stages[0].reused, after.stages[0].reused) == (False, True)
    assert after.stages[0].hash == run.result["stages"]["one_stage"]["hash"]  # type: ignore[index]
    assert before.disk_needed is not None
    assert before.disk_needed > 0
    assert after.disk_needed == 0


def test_a_student_that_is_not_here_is_said(session: Session, tmp_path: Path) -> None:
    prepare(session, tmp_path / "files")
    preview = inspect_training(session, get_settings(), tiny_config("finetune", Path("starter")))
    assert preview.stages[0].counts is None
    assert "not on this machine yet" in preview.notes[0]


def test_a_preview_raises_what_the_start_would_raise(session: Session, tiny_t5: Path) -> None:
    with pytest.raises(NotFound, match="no dataset"):
        inspect_training(session, get_settings(), tiny_config("finetune", tiny_t5))


def test_looking_ahead_imports_no_torch() -> None:
    code = (
        "import sys; import scicot.services.training.preview; "
        "import scicot.services.training.experiments, "
        "scicot.adapters.students.asking.fast; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'ctranslate2')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_minutes_are_estimated_from_a_try_out_once(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    tiny_t5: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(session, tmp_path / "files")
    short = estimate_training(session, get_settings(), tiny_config("sci_cot", tiny_t5))
    long = estimate_training(session, get_settings(), tiny_config("sci_cot", tiny_t5, epochs=200))
    assert 1 <= short.steps_tried <= 10  # fewer where the machine is slow
    assert long.training > short.training > 0
    assert short.writing > 0
    assert short.seconds == short.training + short.writing + short.testing
    assert len(list((settings.artifacts_folder / "probes").iterdir())) == 1
    assert long.tried_at == short.tried_at
    slower = ProbeResult(per_token=9.0, per_text=9.0, per_stage=9.0, steps=7)
    monkeypatch.setattr("scicot.services.training.estimate.run_probe", lambda *_: slower)
    again = estimate_training(session, get_settings(), tiny_config("sci_cot", tiny_t5), again=True)
    assert again.tried_at > short.tried_at
    assert (again.steps_tried, again.training > short.training) == (7, True)
