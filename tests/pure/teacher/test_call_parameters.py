from __future__ import annotations

import json

import pytest

from scicot.pure.teacher.call_parameters import refused_parameter
from scicot.words.teaching import Reply

REFUSALS = [
    (
        400,
        {"error": {"code": "unsupported_parameter", "param": "max_tokens", "message": "x"}},
        "max_tokens",
    ),
    (
        400,
        {
            "error": {
                "message": "Unsupported parameter: 'max_tokens' is not supported with this "
                "model. Use 'max_completion_tokens' instead."
            }
        },
        "max_tokens",
    ),
    (
        400,
        {
            "error": {
                "message": "Unsupported value: 'temperature' does not support 0.0 with this "
                "model. Only the default (1) value is supported."
            }
        },
        "temperature",
    ),
    (
        400,
        {"object": "error", "message": "temperature is not supported by this model"},
        "temperature",
    ),
    (
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "no"}]},
        "seed",
    ),
    (422, {"message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"]}]}}, "seed"),
    (400, {"error": {"message": "Unrecognized request argument supplied: seed"}}, "seed"),
    (
        400,
        [{"error": {"message": 'Unknown name "seed": Cannot find field.'}}],
        "seed",
    ),
    (
        400,
        {"error": {"message": "'stream_options' is only allowed when 'stream' is enabled."}},
        "stream_options",
    ),
    (400, {"error": {"message": "streamed calls only"}}, "a whole reply"),
    (
        400,
        {"error": {"message": "This model only supports stream mode, set stream to true"}},
        "a whole reply",
    ),
    (400, {"message": "non-streaming calls are not supported"}, "a whole reply"),
    (
        400,
        {"error": {"message": "max_tokens is too large: 9000. At most 4096 work"}},
        None,
    ),
    (400, {"error": {"message": "This model's maximum context length is 2048 tokens"}}, None),
    (500, {"error": {"message": "temperature is not supported"}}, None),
]


@pytest.mark.parametrize(("status", "content", "name"), REFUSALS)
def test_a_refused_parameter_is_told_from_a_value_out_of_range(
    status: int, content: object, name: str | None
) -> None:
    assert refused_parameter(Reply(status, json.dumps(content))) == name
