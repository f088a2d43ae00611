"""The example of docs/deploy.md as it stands there, run by a real nginx on loopback."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pages.shared.guard import POLICY
from tests.browser.app_server import ROOT, chromium_page, free_port
from tests.browser.signing_in import FIRST_ADMIN, running_provider, sign_in, signed_app
from tests.soak.full_database import make_full

pytestmark = pytest.mark.browser
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
EXAMPLE = re.search(
    r"```nginx\n(.*?)```", (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8"), re.DOTALL
)
AROUND = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{server}
}}
"""


@dataclass(frozen=True)
class Server:
    """Where nginx listens; what it asks is the app behind it."""

    port: int

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def ask(self, path: str, *headers: str) -> str:
        """Return the head of the answer to a request as a client without a browser sends it."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        lines = [f"GET {path} HTTP/1.1", *headers]
        if not any(header.startswith("Host:") for header in headers):
            lines.append(f"Host: 127.0.0.1:{self.port}")
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain,
            trusting.wrap_socket(plain) as secure,
        ):
            secure.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            answer = b""
            while b"\r\n\r\n" not in answer and (part := secure.recv(4096)):
                answer += part
        return answer.partition(b"\r\n\r\n")[0].decode("latin-1")

    def upgrade(self, origin: str) -> str:
        """Return the first line of the answer to a websocket's greeting from an origin."""
        return self.ask(
            "/_stcore/stream",
            *("Upgrade: websocket", "Connection: Upgrade", f"Origin: {origin}"),
            *("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"),
        ).splitlines()[0]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("behind") / "home"
    make_full(folder / "scicot.db")
    return folder


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """nginx with the docs' example before an app with sign-in."""
    if NGINX is None:
        pytest.skip("nginx is not installed: install your system's package 'nginx'")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    with (
        running_provider() as provider,
        signed_app(home, provider, f"https://127.0.0.1:{port}") as app,
        start_nginx(folder, port, app) as process,
    ):
        wait_for(port, process)
        yield Server(port)
        process.terminate()


def start_nginx(folder: Path, port: int, app: str) -> subprocess.Popen[bytes]:
    """Start nginx with the example, its port, its certificate and the app's address replaced."""
    assert NGINX
    assert EXAMPLE
    key, certificate = folder / "scicot.key", folder / "scicot.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    example = EXAMPLE.group(1)
    for theirs, ours in {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "server_name scicot.example.org;": "server_name 127.0.0.1;",
        "/etc/ssl/scicot.pem": str(certificate),
        "/etc/ssl/scicot.key": str(key),
        "http://127.0.0.1:8501": app,
    }.items():
        assert theirs in example, theirs
        example = example.replace(theirs, ours)
    is_root = subprocess.run(["id", "-u"], capture_output=True, text=True).stdout.strip() == "0"
    around = AROUND.format(folder=folder, server=example, user="user root;" if is_root else "")
    (folder / "nginx.conf").write_text(around)
    return subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "nginx took the example for wrong"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nginx does not listen")


def test_every_answer_carries_the_headers(server: Server) -> None:
    for path in ("/", "/questions", "/_stcore/health", "/media/none.csv", "/nothing/here"):
        head = server.ask(path).lower()
        assert f"content-security-policy: {POLICY}".lower() in head, path
        assert "frame-ancestors 'none'" in head
        assert "x-content-type-options: nosniff" in head
        assert "x-frame-options: deny" in head
        assert "strict-transport-security:" in head


def test_the_websocket_is_upgraded_for_our_origin_and_no_other(server: Server) -> None:
    assert "101" in server.upgrade(server.address)
    strange = ("https://evil.example", "null", "http://127.0.0.1.evil.example", "")
    for origin in (*strange, f"https://127.0.0.1:{server.port + 1}", "https://127.0.0.1"):
        assert "403" in server.upgrade(origin), origin
    assert " 403 " in server.ask("/", f"Host: evil.example:{server.port}").splitlines()[0]


def test_pages_work_and_an_export_is_only_for_who_has_signed_in(server: Server) -> None:
    with chromium_page() as own:
        browser = own.context.browser
        assert browser is not None
        context = browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        page.set_default_timeout(90_000)
        expect.set_options(timeout=60_000)
        sign_in(page, server.address, FIRST_ADMIN)
        expect(page.get_by_role("link", name="Results")).to_be_visible()
        page.goto(f"{server.address}/results")
        page.get_by_role("button", name="Report").click()
        with page.expect_download() as started:
            page.get_by_role("button", name="One HTML file").click()
        exported = started.value.url
        assert "/media/" in exported
        assert context.request.get(exported).status == 200
        stranger = browser.new_context(ignore_https_errors=True)
        assert stranger.request.get(exported).status == 403
        expect.set_options(timeout=5_000)
