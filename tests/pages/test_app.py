import pytest

from tests.pages.driver import APP, open_app, open_page

PAGES = sorted(
    f"{path.parent.name}/{path.stem}"
    for path in (APP.parent / "pages").glob("*/*.py")
    if path.parent.name != "shared"
)


def test_the_app_opens_on_an_empty_database() -> None:
    assert not open_app().exception


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_on_an_empty_database(name: str) -> None:
    assert not open_page(name).exception
