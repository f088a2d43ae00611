from __future__ import annotations

import json

from scicot.pure.teacher.batch_lines import read_results, request_line
from scicot.pure.teacher.replies import read_reply
from scicot.words.teaching import AttemptOutcome, Reply


def test_a_request_line_is_what_the_batch_endpoint_reads() -> None:
    line = json.loads(
        request_line(
            "attempt-7",
            [{"role": "user", "content": "Hé"}],
            model="m",
            parameters={"max_tokens": 9, "temperature": 0},
        )
    )
    assert line["custom_id"] == "attempt-7"
    assert line["url"] == "/v1/chat/completions"
    assert line["body"]["messages"][0]["content"] == "Hé"


def test_results_are_read_by_line_and_what_was_never_done_is_unpaid() -> None:
    lines = [
        '{"custom_id": "attempt-2", "response": {"status_code": 200, "body": {"a": 1}}}',
        "not json",
        '{"response": {"status_code": 200}}',
        '{"custom_id": "attempt-1", "response": null, "error": {"code": "batch_expired"}}',
    ]
    found = dict(read_results("\n".join(lines)))
    assert found["attempt-2"] == Reply(200, '{"a": 1}')
    assert read_reply(found["attempt-1"]).outcome is AttemptOutcome.UNAVAILABLE
    assert len(found) == 2
