"""What the layer before Streamlit lets through: which host, which page, whose files."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect
from streamlit import config
from streamlit.web.server.starlette import starlette_websocket
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pages.shared.guard import POLICY, Guard, is_our_page
from scicot.services.system.people import set_role
from scicot.words.records import Actor, Role
from tests.browser.app_server import free_port, wait_until_healthy
from tests.pages.driver import APP

ADMIN = Actor("root@example.org")
HOST = "127.0.0.1:8501"
SECRET = "a secret of this test"
EXPORT = "/media/0123456789abcdef.jsonl"
STREAM = "/_stcore/stream"


async def everything(scope: Any, receive: Any, send: Any) -> None:
    """An app behind the guard that answers whatever reaches it."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"reached"})


@pytest.fixture(autouse=True)
def as_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = ["127.0.0.1", "localhost", "::1"]
    monkeypatch.setattr(config, "get_option", {"server.allowedHosts": hosts}.get)
    monkeypatch.setattr(starlette_websocket, "get_cookie_secret", lambda: SECRET)


def client(*, sign_in: bool = False, host: str = HOST) -> TestClient:
    return TestClient(Guard(everything, sign_in=sign_in), base_url=f"http://{host}")


@pytest.mark.parametrize("path", ["/", "/questions", "/_stcore/health", "/nothing"])
def test_every_answer_forbids_frames_and_outside_sources(path: str) -> None:
    for asked in (client().get(path), client(host="evil.example").get(path)):
        assert asked.headers["content-security-policy"] == POLICY
        assert asked.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "host", ["evil.example:8501", "127.0.0.1.evil.example", "10.0.0.1", "127.0.0.1@evil.example"]
)
def test_a_name_that_is_not_the_apps_own_reaches_nothing(host: str) -> None:
    asked = client().get("/", headers={"Host": host})
    assert asked.status_code == 403
    assert "SCICOT_ALLOWED_HOSTS" in asked.text
    assert "reached" not in asked.text


@pytest.mark.parametrize("host", [HOST, "localhost:8501", "[::1]:8501", "LOCALHOST:8501"])
def test_the_machines_own_names_reach_the_app(host: str) -> None:
    assert client().get("/", headers={"Host": host}).text == "reached"


FOREIGN = (
    *("http://evil.example", "null", "", "http://127.0.0.1", "http://127.0.0.1:9999"),
    *("http://localhost:8501", "http://127.0.0.1:8501.evil.example", "file://127.0.0.1:8501"),
)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_websocket_of_another_page_or_port_is_refused(origin: str) -> None:
    with (
        pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)),
        client().websocket_connect(f"ws://{HOST}/_stcore/stream", headers={"Origin": origin}),
    ):
        pass


def test_a_websocket_of_the_apps_own_page_is_let_through() -> None:
    for headers in ({"Origin": f"http://{HOST}"}, {}):
        with client().websocket_connect(f"ws://{HOST}/_stcore/stream", headers=headers) as opened:
            assert opened.receive()["type"] == "websocket.close"


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_what_changes_something_comes_from_the_apps_own_page(method: str, origin: str) -> None:
    path = "/_stcore/upload_file/session/file"
    asked = client().request(method, path, headers={"Origin": origin})
    assert asked.status_code == 403
    own = client().request(method, path, headers={"Origin": f"http://{HOST}"})
    assert own.text == "reached"


def test_an_origin_is_ours_by_host_and_port() -> None:
    assert is_our_page("https://scicot.example.org", "scicot.example.org")
    assert not is_our_page("https://scicot.example.org:8443", "scicot.example.org")


def cookie(**claims: Any) -> dict[str, str]:
    said = {"is_logged_in": True, "email": "ada@example.org", "exp": time.time() + 60} | claims
    signed = create_signed_value(SECRET, USER_COOKIE_NAME, json.dumps(said))
    return {"Cookie": f"{USER_COOKIE_NAME}={signed.decode()}"}


@pytest.mark.parametrize("path", [EXPORT, f"/below{EXPORT}", "/_stcore/upload_file/session/file"])
def test_a_file_is_for_who_has_a_role_at_this_moment(
    session: Session, path: str, tmp_path: Path
) -> None:
    def ask(headers: dict[str, str]) -> int:
        return int(client(sign_in=True).get(path, headers=headers).status_code)

    assert ask({}) == 403
    assert ask({"Cookie": f"{USER_COOKIE_NAME}=forged"}) == 403
    assert ask(cookie()) == 403  # signed in, and nobody here
    set_role(session, ADMIN, "ada@example.org", Role.VIEWER)
    assert ask(cookie()) == 200
    assert ask(cookie(email="ADA@example.org")) == 200
    refused: list[dict[str, Any]] = [{"exp": time.time() - 1}, {"exp": None}, {"exp": float("nan")}]
    refused += [{"email_verified": verified} for verified in (False, "false", None, 0)]
    refused += [{"is_logged_in": False}, {"email": "\u212adа@example.org"}, {"email": None}]
    for claims in refused:
        assert ask(cookie(**claims)) == 403, claims
    set_role(session, ADMIN, "ada@example.org", None)
    assert ask(cookie()) == 403
    assert client(sign_in=True).get("/questions").status_code == 200


def status_of(port: int, path: str, **headers: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_app_started_by_hand_has_the_guard_before_it(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(APP), f"--server.port={port}"]
    upgrade = {
        **{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"},
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log)
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", process)
            for path in ("/", "/_stcore/health", EXPORT):
                assert status_of(port, path, Host="evil.example") == 403
            assert status_of(port, "/") == 200
            for origin in ("http://evil.example", f"http://127.0.0.1:{port + 1}"):
                assert status_of(port, STREAM, Origin=origin, **upgrade) == 403
            own = f"http://127.0.0.1:{port}"
            assert status_of(port, STREAM, Origin=own, **upgrade) == 101
        finally:
            process.kill()
            process.wait()
