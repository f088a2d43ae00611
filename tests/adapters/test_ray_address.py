"""A Ray cluster that does not answer, which must not hold up who asks; Ray itself is not needed."""

from __future__ import annotations

import socket

import pytest

from scicot.adapters.launchers import ray
from scicot.adapters.launchers.ray import RayLauncher
from scicot.words.errors import LauncherError
from scicot.words.launching import Phase, RayOptions


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "getproxies", dict)


def test_an_address_where_nobody_listens_is_named(no_proxy: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    launcher = RayLauncher(RayOptions(address=f"http://127.0.0.1:{port}"))
    with pytest.raises(LauncherError, match=f"No Ray cluster answers at http://127.0.0.1:{port}"):
        launcher._client()
    assert launcher.look("job").phase is Phase.UNKNOWN


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("http://head:8265/", ("head", 8265)),
        ("http://head", ("head", 80)),
        ("https://[::1]", ("::1", 443)),
    ],
)
def test_a_cluster_has_two_seconds_to_answer(
    no_proxy: None, monkeypatch: pytest.MonkeyPatch, address: str, place: tuple[str, int]
) -> None:
    asked: list[tuple[tuple[str, int], float]] = []

    def hang(where: tuple[str, int], timeout: float) -> socket.socket:
        asked.append((where, timeout))
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", hang)
    assert RayLauncher(RayOptions(address=address)).look("job").phase is Phase.UNKNOWN
    assert asked == [(place, 2.0)]


def test_an_address_that_none_can_be_is_named(no_proxy: None) -> None:
    launcher = RayLauncher(RayOptions(address="http://head:99999"))
    with pytest.raises(LauncherError, match="correct the address"):
        launcher._client()


def test_what_lies_behind_a_proxy_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "getproxies", lambda: {"http": "http://proxy:3128"})
    monkeypatch.setattr(ray, "proxy_bypass", lambda _host: False)
    monkeypatch.setattr(socket, "create_connection", None)
    ray._knock("http://head:8265")
