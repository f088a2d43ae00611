"""The page on the method names every method, and every setting that decides a student."""

from pathlib import Path

from scicot.pure.methods.registry import list_methods, own_settings
from scicot.services.students.stages import DECIDING

PAGE = (Path(__file__).parents[3] / "docs" / "method.md").read_text(encoding="utf-8")


def test_every_method_and_deciding_setting_is_explained() -> None:
    names = [method.name for method in list_methods()]
    names += [*own_settings(), *DECIDING, "answer_form", "show_options", "strip_answer"]
    assert [name for name in names if name != "seed" and f"`{name}`" not in PAGE] == []
