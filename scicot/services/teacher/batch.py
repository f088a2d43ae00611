"""A teacher run by the batch endpoint: sent as a file, its id stored before anybody waits.

The requests are claimed in the ledger before the file is sent. A worker that is killed at any
moment is followed by one that finds the job again, by its stored id or by the token in its
metadata, and goes on waiting; what failed alone is sent again alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from db.models import BatchRow
from db.session import write
from scicot.adapters.clock import utc_now
from scicot.adapters.teacher.keys import teacher_address, teacher_key
from scicot.pure.teacher.batch_lines import read_results, request_line
from scicot.pure.teacher.call_parameters import (
    call_parameters,
    learn_refusal,
    refused_parameter,
)
from scicot.pure.teacher.redaction import hide_in_reply
from scicot.pure.teacher.replies import read_reply
from scicot.services.questions.lookup import get_questions
from scicot.services.runs.context import RunContext
from scicot.services.teacher.batch_entries import note_batch, open_claims, settle_batched
from scicot.services.teacher.calls.calls import PendingCall
from scicot.services.teacher.job import TeacherJob
from scicot.services.teacher.ledger.entries import Claim, claim_call, store_reply
from scicot.services.teacher.progress import affordable_calls, tell_progress
from scicot.services.teacher.refusals import note_refusals, refused_by
from scicot.words.errors import TeacherRefused, TeacherUnavailable
from scicot.words.records import StoredQuestion
from scicot.words.teaching import Answer, AttemptOutcome, BatchJob

if TYPE_CHECKING:
    from scicot.adapters.teacher.batch import BatchClient

MAX_REQUESTS = 10_000  # a batch; the endpoint's own limit is 50,000 and 200 MB
CHUNK = 300  # rows a transaction


def ask_by_batch(context: RunContext, job: TeacherJob) -> None:
    """Have every pending call answered by batches; raises what ended the run early."""
    from scicot.adapters.teacher.batch import BatchClient  # brings openai

    address = teacher_address(job.teacher, context.settings)
    key = teacher_key(job.teacher, context.settings)
    rules = context.settings if job.teacher.base_url else None
    secrets = context.settings.known_secrets
    with BatchClient(address, key, checked_by=rules, secrets=secrets) as client:
        runner = _BatchRunner(context, job, client)
        while True:
            batch_id = runner.find_open()
            if batch_id is None:
                context.check_cancelled()
                batch_id = runner.send()
            if batch_id is None:
                return
            over = runner.wait(batch_id)
            if over is not None:
                runner.collect(batch_id, over)


@dataclass
class _BatchRunner:
    """One run's dealings with the batch endpoint."""

    context: RunContext
    job: TeacherJob
    client: BatchClient
    refused: set[str] = field(default_factory=set)  # parameters that the model does not take

    def __post_init__(self) -> None:
        """Begin with what is known of the teacher; results may tell more."""
        self.refused |= refused_by(self.context, self.job.teacher)

    def find_open(self) -> int | None:
        """Return the batch of this run whose results are not collected, None if there is none."""
        with self.context.session() as session:
            return session.scalar(
                select(BatchRow.id)
                .where(BatchRow.run_id == self.context.run.id, BatchRow.collected_at.is_(None))
                .order_by(BatchRow.id)
                .limit(1)
            )

    def send(self) -> int | None:
        """Claim what is pending, send it as one batch and return its number, None if nothing is."""
        pending = affordable_calls(self.context, self.job, MAX_REQUESTS)
        if not pending:
            return None
        token = uuid.uuid4().hex
        with self.context.session() as session, write(session):
            row = BatchRow(
                run_id=self.context.run.id, token=token, status="building", created_at=utc_now()
            )
            session.add(row)
            session.flush()
            batch_id = row.id
        lines = self._claim(batch_id, pending)
        if not lines:
            self._release(batch_id)
            return None
        file_id = self.client.upload(lines)
        note_batch(self.context, batch_id, file_id=file_id, requests=len(lines), status="uploaded")
        started = self.client.create(file_id, token)
        note_batch(self.context, batch_id, remote_id=started.id, status=started.status)
        return batch_id

    def _claim(self, batch_id: int, pending: Sequence[PendingCall]) -> list[str]:
        """Book the calls as in flight in this batch and return the file's lines."""
        lines = []
        for start in range(0, len(pending), CHUNK):
            chunk = pending[start : start + CHUNK]
            with self.context.session() as session:
                questions = get_questions(session, {call.question_id for call in chunk})
                with write(session):
                    claims = [
                        claim_call(
                            session,
                            self.context.run.id,
                            self.context.worker,
                            call.completion_id,
                            batch_id,
                        )
                        for call in chunk
                    ]
            lines += [
                self._line(claim, call, questions[call.question_id])
                for claim, call in zip(claims, chunk, strict=True)
                if isinstance(claim, Claim)
            ]
        return lines

    def _line(self, claim: Claim, call: PendingCall, question: StoredQuestion) -> str:
        ask = self.job.ask_of(call.prompt_id)
        return request_line(
            f"attempt-{claim.attempt_id}",
            ask.chat_of(question, call.prompt_hash),
            model=self.job.teacher.model,
            parameters=call_parameters(ask.temperature, ask.max_tokens, self.refused),
        )

    def wait(self, batch_id: int) -> BatchJob | None:
        """Return the job once it is over; None when it was never started, which releases it.

        Raises Cancelled after asking the server to stop; what it has done by then is collected
        when the run is resumed.
        """
        remote_id = self._remote_id(batch_id)
        if remote_id is None:
            self._release(batch_id)
            return None
        while True:
            try:
                job = self.client.look(remote_id)
            except TeacherUnavailable as error:  # it works on while nobody can look
                self.context.report(message=f"Waiting for batch {remote_id}. {error}")
            else:
                if job.is_over:
                    return job
                self.context.report(
                    message=f"Batch {remote_id} is {job.status}: {job.done} of {job.total} done."
                )
            if self.context.cancel_event.wait(self.context.settings.teacher_poll_seconds):
                self.client.cancel(remote_id)
                self.context.check_cancelled()
            if self.context.lost_event.is_set():
                self.context.check_cancelled()

    def _remote_id(self, batch_id: int) -> str | None:
        """Return the job's id at the server, looked for by its token if it was not noted."""
        with self.context.session() as session:
            row = session.get_one(BatchRow, batch_id)
        if row.remote_id is None and row.file_id is not None:
            remote = self.client.find(row.token)
            if remote is not None:
                note_batch(self.context, batch_id, remote_id=remote.id, status=remote.status)
                return remote.id
        return row.remote_id

    def collect(self, batch_id: int, over: BatchJob) -> None:
        """Store every result, join it by `custom_id`, and close the batch.

        What the server did not do goes back to pending, to be sent alone, a few times.
        """
        files = [over.output_file_id, over.error_file_id]
        secrets = self.context.settings.known_secrets
        results = [
            (custom_id, replace(reply, body=hide_in_reply(reply.body, secrets)))
            for file_id in files
            if file_id
            for custom_id, reply in read_results(self.client.download(file_id))
        ]
        before = set(self.refused)
        for _, reply in results:
            if name := refused_parameter(reply):
                learn_refusal(self.refused, name)
        note_refusals(self.context, self.job.teacher, before, self.refused)
        claims = open_claims(self.context, batch_id)
        for start in range(0, len(results), CHUNK):
            with self.context.session() as session, write(session):
                for custom_id, reply in results[start : start + CHUNK]:
                    claim = claims.pop(custom_id, None)
                    if claim is not None:
                        store_reply(session, claim, reply)
                        settle_batched(session, self.job, claim, read_reply(reply))
            tell_progress(self.context, self.job)
        self._settle_rest(claims, over)
        note_batch(self.context, batch_id, status=over.status, collected_at=utc_now())
        if over.status == "failed":
            raise TeacherRefused(
                f"The teacher refused the batch: {over.error or 'no reason given'}. Nothing was "
                "charged, everything in it is pending."
            )

    def _settle_rest(self, claims: dict[str, Claim], over: BatchJob) -> None:
        """Settle what has no line: not done in a batch that ended early, else nobody knows."""
        if over.status == "completed":
            answer = Answer(AttemptOutcome.MAYBE_PAID, reason="The batch's results lack its line")
        else:
            answer = Answer(AttemptOutcome.UNAVAILABLE, reason=f"The batch is {over.status}")
        with self.context.session() as session, write(session):
            for claim in claims.values():
                settle_batched(
                    session, self.job, claim, answer, always_again=over.status == "failed"
                )

    def _release(self, batch_id: int) -> None:
        """Give back what was claimed for a batch that was never started."""
        answer = Answer(AttemptOutcome.UNREACHABLE, reason="The batch was never started")
        with self.context.session() as session, write(session):
            claims = open_claims(self.context, batch_id)
            for claim in claims.values():
                settle_batched(session, self.job, claim, answer, always_again=True)
        note_batch(self.context, batch_id, status="never started", collected_at=utc_now())
