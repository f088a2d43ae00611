"""A share is written one way everywhere: a space that does not break before its sign."""

import re
from pathlib import Path

from scicot.pure.shares import say_part, say_share

ROOT = Path(__file__).parents[2]
OTHERWISE = re.compile(r":[^{}\"']*\.\d%")  # a format by Python's own percent


def test_a_share_that_was_chosen_has_no_digit_that_says_nothing() -> None:
    assert [say_part(share) for share in (0.125, 0.25, 1, 0.101)] == [
        "12.5\u00a0%",
        "25\u00a0%",
        "100\u00a0%",
        "10.1\u00a0%",
    ]


def test_no_screen_command_or_sentence_writes_a_share_otherwise() -> None:
    assert say_share(1 / 3) == "33.3\u00a0%"
    assert OTHERWISE.search('f"{share:.1%}"')
    assert OTHERWISE.search('f"{share:>5.0%}"')
    files = [*ROOT.glob("scicot/**/*.py"), *ROOT.glob("pages/**/*.py")]
    assert len(files) > 100
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if OTHERWISE.search(line)
    ]
    assert found == [], "say_share and say_part of scicot/pure/shares.py write a share"
