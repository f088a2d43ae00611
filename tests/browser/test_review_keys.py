"""The review screen in real Chromium: keys, focus, drafts, a restarted server, width, contrast."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.migrate import migrate
from db.models import LeaseRow, ReviewRow
from db.session import open_session, write
from scicot.services.rationales.checks import run_checks
from scicot.services.review.items import load_item
from scicot.services.review.policies import save_policy
from scicot.services.review.verdicts import decide
from scicot.words.records import Actor, Rationale, RationaleStatus, Split, Verdict
from tests.browser.app_server import free_port, keep_screenshot, running_app, wait_until_quiet
from tests.builders import store_questions, store_rationale

pytestmark = pytest.mark.browser
WIDTHS = ((1280, 720), (375, 740))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    migrate(f"sqlite:///{folder / 'scicot.db'}")
    return folder


@pytest.fixture
def stored(home: Path) -> Iterator[Session]:
    with open_session(f"sqlite:///{home / 'scicot.db'}") as session:
        yield session


def fill(session: Session, folder: Path, dataset: str, count: int = 6) -> list[int]:
    """Store rationales and return their ids in the order in which the queue shows them."""
    questions = store_questions(session, folder, dataset=dataset, train=count)[Split.TRAIN]
    ids = [
        store_rationale(session, question, f"Reason {number} of {dataset} says (A) because.")
        for number, question in enumerate(questions)
    ]
    run_checks(session, dataset)
    return sorted(
        ids, key=lambda one: (load_item(session, Actor("x"), one).risk, one), reverse=True
    )


def open_review(page: Page, address: str, dataset: str) -> None:
    page.goto(f"{address}/review?dataset={dataset}")
    # empty until the card listens; only then are keys heard
    expect(page.get_by_role("textbox", name="Rationale")).not_to_have_value("")


def text_of(page: Page) -> str:
    return page.get_by_role("textbox", name="Rationale").input_value()


def rationale_of(session: Session, one: int) -> Rationale:
    session.rollback()
    return load_item(session, Actor("x"), one).rationale


def verdicts(session: Session, ids: list[int]) -> list[tuple[int, str]]:
    session.rollback()  # ends the read before, which saw the database as it was then
    rows = session.execute(
        select(ReviewRow.rationale_id, ReviewRow.verdict)
        .where(ReviewRow.rationale_id.in_(ids), ReviewRow.undone_at.is_(None))
        .order_by(ReviewRow.id)
    )
    return [(one, verdict.value) for one, verdict in rows]


def press_in_layout(page: Page, key: str, code: str) -> None:
    """Press the key at a place of the keyboard (`code`) as a layout that writes `key` there."""
    session = page.context.new_cdp_session(page)
    for kind in ("rawKeyDown", "keyUp"):
        event = {"type": kind, "key": key, "code": code, "windowsVirtualKeyCode": ord(code[-1])}
        session.send("Input.dispatchKeyEvent", event)
    session.detach()


def wait_until_saved(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()


def test_each_key_decides_on_what_is_shown_and_undo_brings_it_back(
    page: Page, address: str, stored: Session, tmp_path: Path
) -> None:
    ids = fill(stored, tmp_path, "keys")
    open_review(page, address, "keys")
    shown = []
    # the last two as Russian and French keyboards send them, where A and 2 are
    for press in ("x", "s", ("ф", "KeyA"), ("é", "Digit2")):
        shown.append(text_of(page))
        if isinstance(press, str):
            page.keyboard.press(press)
        else:
            press_in_layout(page, *press)
    wait_until_saved(page)
    assert verdicts(stored, ids) == list(
        zip(ids, ["reject", "skip", "accept", "reject"], strict=False)
    )
    for before in reversed(shown):
        page.keyboard.press("u")
        assert text_of(page) == before
    wait_until_saved(page)
    assert verdicts(stored, ids) == []


def test_undo_reaches_back_over_a_reload(
    page: Page, address: str, stored: Session, tmp_path: Path
) -> None:
    ids = fill(stored, tmp_path, "again")
    open_review(page, address, "again")
    first = text_of(page)
    page.keyboard.press("a")
    wait_until_saved(page)
    page.reload()
    box = page.get_by_role("textbox", name="Rationale")
    expect(box).not_to_have_value("")
    expect(box).not_to_have_value(first)
    page.keyboard.press("u")
    expect(box).to_have_value(first)
    wait_until_saved(page)
    assert verdicts(stored, ids) == []


def test_an_edit_begins_at_the_end_and_ctrl_enter_goes_on(
    page: Page, address: str, stored: Session, tmp_path: Path
) -> None:
    ids = fill(stored, tmp_path, "edits")
    open_review(page, address, "edits")
    before = text_of(page)
    page.keyboard.press("e")
    page.keyboard.type(" That is why.")
    assert text_of(page) == f"{before} That is why."
    page.keyboard.press("Escape")
    assert text_of(page) == before
    page.keyboard.press("e")
    page.keyboard.type(" axsu are letters here.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("textbox", name="Rationale")).not_to_have_value(before)
    wait_until_saved(page)
    rationale = rationale_of(stored, ids[0])
    assert rationale.text == f"{before} axsu are letters here."
    assert rationale.status is RationaleStatus.EDITED


def test_a_conflict_shows_both_texts(
    page: Page, address: str, stored: Session, tmp_path: Path
) -> None:
    ids = fill(stored, tmp_path, "conflicts")
    open_review(page, address, "conflicts")
    revision = rationale_of(stored, ids[0]).revision_id
    with write(stored):  # the page's ten minutes are over
        stored.execute(delete(LeaseRow))
    decide(
        stored,
        Actor("Bob"),
        ids[0],
        revision,
        Verdict.EDIT,
        "Bob's text stands here.",
        operation_id="bob",
    )
    page.keyboard.press("e")
    page.keyboard.type(" Mine.")
    page.keyboard.press("Control+Enter")
    notice = page.get_by_role("alert").filter(has_text="changed by Bob")
    expect(notice).to_contain_text("Bob's text stands here.")
    expect(notice).to_contain_text("Mine.")
    keep_screenshot(page, "review-conflict")
    page.get_by_role("button", name="Open it again").click()
    assert text_of(page).endswith(" Mine.")
    page.keyboard.press("Control+Enter")
    wait_until_saved(page)
    assert rationale_of(stored, ids[0]).text.endswith(" Mine.")


def test_drafts_and_presses_outlive_a_reload_and_a_server_that_was_down(
    page: Page, tmp_path: Path, home: Path, stored: Session
) -> None:
    ids = fill(stored, tmp_path, "restarts")
    port = free_port()
    with running_app(home, tmp_path / "one.log", port) as address:
        page.goto(address)
        page.get_by_role("link", name="Review").wait_for()
        open_review(page, address, "restarts")
    box = page.get_by_role("textbox", name="Rationale")
    first = box.input_value()
    page.keyboard.press("a")  # nobody answers now
    expect(box).not_to_have_value(first)
    second = box.input_value()
    page.keyboard.press("e")
    expect(box).to_be_editable()
    page.keyboard.type(" Half a thought")
    expect(box).to_have_value(f"{second} Half a thought")
    with running_app(home, tmp_path / "two.log", port) as address:
        page.goto(address)
        page.get_by_role("link", name="Review").wait_for()
        open_review(page, address, "restarts")
        expect(page.get_by_role("textbox", name="Rationale")).to_have_value(
            f"{rationale_of(stored, ids[1]).text} Half a thought"
        )
        wait_until_saved(page)
    assert verdicts(stored, ids) == [(ids[0], "accept")]


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_all_that_a_decision_needs_is_on_one_screen(
    page: Page, address: str, stored: Session, tmp_path: Path, width: int, height: int
) -> None:
    fill(stored, tmp_path, f"width-{width}")
    page.set_viewport_size({"width": width, "height": height})
    open_review(page, address, f"width-{width}")
    wait_until_saved(page)
    keep_screenshot(page, f"review-{width}")
    for name in ("Accept", "Edit", "Reject", "Skip", "Undo"):
        button = page.get_by_role("button", name=name, exact=True)
        expect(button).to_be_in_viewport(ratio=1)
    if width > 900:
        for part in (".stem", ".options", "textarea", ".flags"):
            expect(page.locator(part)).to_be_in_viewport(ratio=1)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


@pytest.mark.parametrize("dark", [False, True])
def test_the_screen_reads_well_for_axe(
    page: Page, address: str, stored: Session, tmp_path: Path, dark: bool
) -> None:
    dataset = f"axe-{dark}".lower()
    fill(stored, tmp_path, dataset)
    page.emulate_media(color_scheme="dark" if dark else "light")
    open_review(page, address, dataset)
    wait_until_saved(page)
    wait_until_quiet(page)
    keep_screenshot(page, f"review-{dataset}")
    found = Axe().run(page, context=".stMainBlockContainer")
    serious = [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_second_reader_judges_blind_and_a_difference_is_queued(
    page: Page, address: str, stored: Session, tmp_path: Path
) -> None:
    (one,) = fill(stored, tmp_path, "twice", count=1)
    save_policy(stored, Actor("Ada"), "twice", guidelines="Read.", second_share=1.0)
    revision = rationale_of(stored, one).revision_id
    stored.rollback()
    decide(stored, Actor("Ada"), one, revision, Verdict.ACCEPT, operation_id="twice-ada")
    page.goto(f"{address}/review?dataset=twice&queue=second")
    expect(page.get_by_role("textbox", name="Rationale")).not_to_have_value("")
    expect(page.get_by_role("button", name="Edit", exact=True)).to_be_disabled()
    page.keyboard.press("x")
    wait_until_saved(page)
    expect(page.get_by_text("Nothing left here")).to_be_visible()
    page.goto(f"{address}/review?dataset=twice&queue=conflicting")
    expect(page.get_by_role("textbox", name="Rationale")).not_to_have_value("")


def test_the_history_is_looked_up_and_an_older_text_restored(
    page: Page, address: str, stored: Session, tmp_path: Path
) -> None:
    ids = fill(stored, tmp_path, "history")
    before = rationale_of(stored, ids[0])
    stored.rollback()
    decide(
        stored,
        Actor("Bob"),
        ids[0],
        before.revision_id,
        Verdict.EDIT,
        "Bob's text stands here now.",
        operation_id="history-bob",
    )
    page.goto(f"{address}/review?dataset=history&queue=edited")
    box = page.get_by_role("textbox", name="Rationale")
    expect(box).to_have_value("Bob's text stands here now.")
    page.keyboard.press("l")
    page.get_by_role("button", name="Restore").last.click()
    expect(box).to_have_value(before.text)
    assert rationale_of(stored, ids[0]).text == before.text


def test_a_hostile_text_is_shown_as_text_and_fetches_nothing(
    page: Page, address: str, stored: Session, tmp_path: Path
) -> None:
    question = store_questions(stored, tmp_path, dataset="hostile", train=1)[Split.TRAIN][0]
    hostile = (
        "<img src=x onerror=alert(1)> ![x](http://evil.example/x.png) <script>alert(2)</script>"
    )
    one = store_rationale(stored, question, hostile)
    run_checks(stored, "hostile")
    asked: list[str] = []
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", dismiss)
    open_review(page, address, "hostile")
    assert text_of(page) == hostile
    page.keyboard.press("e")
    page.keyboard.type("<b>more</b>")
    page.keyboard.press("Control+Enter")
    wait_until_saved(page)
    page.goto(f"{address}/review?dataset=hostile&queue=edited&rationale={one}")
    # the box is there before the card listens; its text comes with the card
    expect(page.get_by_role("textbox", name="Rationale")).to_have_value(hostile + "<b>more</b>")
    page.keyboard.press("l")
    expect(page.get_by_role("tab", name="History")).to_be_visible()
    assert dialogs == []
    assert [url for url in asked if "evil" in url or url.endswith("/x")] == []
