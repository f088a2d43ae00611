"""The batch endpoint of an OpenAI-compatible server: half the price, answers within a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice
from types import TracebackType
from typing import Self

import httpx2
import openai
from openai.types import Batch

from scicot.adapters.teacher.addresses import CheckedBlockingTransport
from scicot.adapters.teacher.client import CONNECT_SECONDS, to_reply
from scicot.adapters.teacher.proxies import proxy_for
from scicot.adapters.teacher.reply_size import LimitedBlockingTransport
from scicot.pure.secrets import hide_secrets
from scicot.pure.teacher.batch_lines import ENDPOINT
from scicot.pure.teacher.replies import read_reply
from scicot.words.errors import TeacherError, TeacherRefused, TeacherUnavailable
from scicot.words.settings import Settings
from scicot.words.teaching import AttemptOutcome, BatchJob

TOKEN_KEY = "scicot_batch"
SECONDS = 120.0
MOST_JOBS = 10_000


class BatchClient:
    """A connection to the batch endpoint. Use it in `with`.

    Every method raises TeacherRefused where no later try will do and TeacherUnavailable where one
    may.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        checked_by: Settings | None = None,
        secrets: Sequence[str] = (),
    ) -> None:
        """Open nothing yet; the arguments are those of TeacherClient."""
        self._secrets = {api_key, *secrets}
        proxy = proxy_for(base_url)
        transport: httpx2.HTTPTransport
        if proxy is None and checked_by is not None:
            transport = CheckedBlockingTransport(checked_by)
        else:
            transport = httpx2.HTTPTransport(proxy=proxy)
        self._client = openai.OpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(
                follow_redirects=False,
                timeout=openai.Timeout(SECONDS, connect=CONNECT_SECONDS),
                transport=LimitedBlockingTransport(transport),
            ),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def upload(self, lines: Sequence[str]) -> str:
        """Upload the requests, one JSON object a line, and return the file's id."""
        try:
            content = "\n".join(lines).encode()
            return self._client.files.create(file=("requests.jsonl", content), purpose="batch").id
        except openai.APIError as error:
            raise to_error(error, self._secrets) from error

    def create(self, file_id: str, token: str) -> BatchJob:
        """Start the job on an uploaded file; the token finds it again if the id gets lost."""
        try:
            return self._to_job(
                self._client.batches.create(
                    input_file_id=file_id,
                    endpoint=ENDPOINT,
                    completion_window="24h",
                    metadata={TOKEN_KEY: token},
                )
            )
        except openai.APIError as error:
            raise to_error(error, self._secrets) from error

    def find(self, token: str) -> BatchJob | None:
        """Return the job that was started with this token, None if there is none."""
        try:
            # a server that never comes to its last page is not followed for ever
            for batch in islice(self._client.batches.list(limit=100), MOST_JOBS):
                if (batch.metadata or {}).get(TOKEN_KEY) == token:
                    return self._to_job(batch)
        except openai.APIError as error:
            raise to_error(error, self._secrets) from error
        return None

    def look(self, remote_id: str) -> BatchJob:
        """Return how the job stands."""
        try:
            return self._to_job(self._client.batches.retrieve(remote_id))
        except openai.APIError as error:
            raise to_error(error, self._secrets) from error

    def cancel(self, remote_id: str) -> None:
        """Ask the server to stop the job; what it has done is kept and charged."""
        try:
            self._client.batches.cancel(remote_id)
        except openai.APIError as error:
            raise to_error(error, self._secrets) from error

    def download(self, file_id: str) -> str:
        """Return a result file's text."""
        try:
            content = self._client.files.with_raw_response.content(file_id)
        except openai.APIError as error:
            raise to_error(error, self._secrets) from error
        return hide_secrets(content.http_response.content.decode("utf-8", "replace"), self._secrets)

    def _to_job(self, batch: Batch) -> BatchJob:
        counts = batch.request_counts
        errors = (batch.errors.data if batch.errors else None) or []
        return BatchJob(
            id=batch.id,
            status=batch.status,
            done=(counts.completed + counts.failed) if counts else 0,
            total=counts.total if counts else 0,
            output_file_id=batch.output_file_id,
            error_file_id=batch.error_file_id,
            error=hide_secrets(
                "; ".join(error.message or "" for error in errors[:3]), self._secrets
            )
            or None,
        )


def to_error(error: openai.APIError, secrets: Collection[str] = ()) -> TeacherError:
    """Return the error in our words: refused for good, or unavailable now."""
    if isinstance(error, openai.APIStatusError):
        answer = read_reply(to_reply(error.response, secrets))
        if answer.outcome in (AttemptOutcome.DENIED, AttemptOutcome.REJECTED):
            return TeacherRefused(f"{answer.reason}. Put it right and resume the run.")
        return TeacherUnavailable(f"{answer.reason}. Resume the run later.")
    what = type(error.__cause__ or error).__name__
    return TeacherUnavailable(f"The batch endpoint does not answer ({what}). Resume the run later.")
