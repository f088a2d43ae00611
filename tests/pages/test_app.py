import pytest

from tests.pages.driver import APP, open_app, open_page

PAGES = sorted(
    path.parent.relative_to(APP.parent / "pages").as_posix()
    for path in (APP.parent / "pages").glob("*/*/page.py")
)


def test_the_app_opens_on_an_empty_database() -> None:
    assert not open_app().exception


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_on_an_empty_database(name: str) -> None:
    assert not open_page(name).exception
