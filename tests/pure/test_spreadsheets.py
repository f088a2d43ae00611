import pytest

from scicot.pure.spreadsheets import FORMULA_STARTS, neutralise


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_text_that_could_be_a_formula_is_quoted(start: str) -> None:
    assert neutralise(f"{start}cmd()") == f"'{start}cmd()"


def test_any_other_text_stays() -> None:
    assert neutralise("Sci-CoT") == "Sci-CoT"
    assert neutralise("") == ""
