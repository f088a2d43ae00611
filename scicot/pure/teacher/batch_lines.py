"""The lines of a batch's files: requests out, results back, joined by `custom_id`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scicot.words.teaching import Message, Reply

ENDPOINT: Final = "/v1/chat/completions"


def request_line(
    custom_id: str, messages: list[Message], *, model: str, parameters: Mapping[str, Any]
) -> str:
    """Return one request as the batch endpoint reads it."""
    return json.dumps(
        {
            "custom_id": custom_id,
            "method": "POST",
            "url": ENDPOINT,
            "body": {"model": model, "messages": messages, **parameters},
        },
        ensure_ascii=False,
    )


def read_results(text: str) -> Iterator[tuple[str, Reply]]:
    """Yield (custom id, reply) of each line that names one.

    A request that the server never worked on (an expired batch) reads as status 503: not paid.
    """
    for line in text.splitlines():
        try:
            result = json.loads(line)
            named = _read_result(result) if isinstance(result, dict) else None
        except (ValueError, RecursionError):
            continue
        if named is not None:
            yield named


def _read_result(result: Mapping[str, Any]) -> tuple[str, Reply] | None:
    custom_id, response = result.get("custom_id"), result.get("response")
    if not isinstance(custom_id, str):
        return None
    if isinstance(response, dict) and isinstance(response.get("status_code"), int):
        return custom_id, Reply(response["status_code"], json.dumps(response.get("body")))
    return custom_id, Reply(503, json.dumps({"error": result.get("error")}))
