from scicot.pure.runs.logs import find_cause

LOG = """2026-11-24 15:00:00 INFO scicot: Loading a student.
Traceback (most recent call last):
  File "x.py", line 3, in load
    raise ValueError("first")
ValueError: first

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "y.py", line 9, in open
safetensors._safetensors_rust.SafetensorError: header too large
2026-11-24 15:00:01 INFO scicot: The end.
"""


def test_the_cause_is_the_last_exception_named() -> None:
    assert find_cause(LOG) == "safetensors._safetensors_rust.SafetensorError: header too large"


def test_a_log_without_an_exception_has_no_cause() -> None:
    assert find_cause("An Error: was mentioned\n") is None
    assert find_cause("") is None
