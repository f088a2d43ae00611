"""The weights of a student in training, opened for writing between two steps.

Where a student writes before it chooses, validation writes as much as a test does, and transformers
takes several times as long for it as CTranslate2, converting and loading included.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scicot.adapters.students.asking.convert import convert_student
from scicot.adapters.students.asking.fast import FastStudent
from scicot.adapters.students.training.job import StageJob
from scicot.words.errors import StorageError

log = logging.getLogger(__name__)


@contextmanager
def converted(model: Any, job: StageJob, threads: int) -> Iterator[FastStudent | None]:
    """Yield the model's weights as they are, for CTranslate2; None where that cannot be.

    They lie in the stage's work folder meanwhile. A full disk is no reason to fail here: the model
    writes by itself then.
    """
    job.work_folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="writing-", dir=job.work_folder) as name:
        output = Path(name) / "ct2"
        try:
            reason = convert_student(job.student, output, job.family, model=model)
        except StorageError as error:
            reason = str(error)
        if reason is not None:
            log.info("Validation writes through transformers: %s", reason)
            yield None
            return
        student = FastStudent.open(output, threads=threads, at_once=threads)
        try:
            yield student
        finally:
            student.model.unload_model()
