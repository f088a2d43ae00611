"""A Ray cluster that does not answer, which must not hold up who asks; Ray itself is not needed."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.request import urlopen

import pytest

from scicot.adapters.launchers import ray
from scicot.adapters.launchers.carried import Carried
from scicot.adapters.launchers.ray import RayLauncher
from scicot.words.errors import ClusterSilent, LauncherError
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


class Client:
    """Asks as Ray's own client does: for the version first, and for ever unless it is told when."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._do_request("GET", "/api/version")

    def _do_request(self, _method: str, endpoint: str, **named: Any) -> bytes:
        with urlopen(self._address + endpoint, timeout=named.get("timeout", 60)) as reply:
            return bytes(reply.read())

    def get_job_info(self, ticket: str) -> None:
        self._do_request("GET", f"/api/jobs/{ticket}")

    def submit_job(self, **_job: Any) -> None:
        self._do_request("POST", "/api/jobs/")


@contextmanager
def cluster_that_answers(times: int) -> Iterator[str]:
    """Yield the address of a server that takes every connection and answers the first of them."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return
                # the first is a knock, which asks for nothing
                if taken[-1].recv(1000) and left:
                    left.pop()
                    taken[-1].sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        left = [1] * times
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)
    for connection in taken:
        connection.close()


@pytest.fixture
def rays_client(monkeypatch: pytest.MonkeyPatch) -> None:
    package = ModuleType("ray.job_submission")
    package.__dict__["JobSubmissionClient"] = Client
    monkeypatch.setitem(sys.modules, "ray", ModuleType("ray"))
    monkeypatch.setitem(sys.modules, "ray.job_submission", package)


@pytest.mark.parametrize("answers", [0, 1])
def test_a_cluster_that_takes_the_connection_and_says_nothing_is_left(
    no_proxy: None, rays_client: None, answers: int
) -> None:
    with cluster_that_answers(answers) as address:
        began = time.monotonic()
        assert RayLauncher(RayOptions(address=address)).look("job").phase is Phase.UNKNOWN
        assert time.monotonic() - began < 10  # seconds; two, on a machine with nothing else to do


def test_a_silent_cluster_that_is_handed_a_job_is_told_from_one_that_is_not_there(
    no_proxy: None, rays_client: None, tmp_path: Path
) -> None:
    job = Carried("scicot-run-1", ("run-worker", "1"), tmp_path, tmp_path / "log")
    with (
        cluster_that_answers(0) as address,
        pytest.raises(ClusterSilent, match="No Ray cluster answers"),
    ):
        RayLauncher(RayOptions(address=address)).submit(job)
    with pytest.raises(LauncherError, match="No Ray cluster answers") as refused:
        RayLauncher(RayOptions(address=address)).submit(job)  # nobody listens there any more
    assert not isinstance(refused.value, ClusterSilent)


def test_a_cluster_that_does_not_say_whether_it_took_a_job_may_have_it(
    no_proxy: None, rays_client: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ray, "SUBMIT_SECONDS", 3.0)
    job = Carried("scicot-run-1", ("run-worker", "1"), tmp_path, tmp_path / "log")
    with (
        cluster_that_answers(1) as address,
        pytest.raises(ClusterSilent, match=r"within 3 s .*ray job list"),
    ):
        RayLauncher(RayOptions(address=address)).submit(job)


@pytest.mark.parametrize(
    ("message", "is_short"),
    [
        ("Task was killed due to the node running low on memory. More.", True),
        ("Job entrypoint command failed with exit code 1. More.", False),
    ],
)
def test_a_job_that_ray_ended_for_want_of_memory_is_told_from_others(
    monkeypatch: pytest.MonkeyPatch, message: str, is_short: bool
) -> None:
    info = SimpleNamespace(status="FAILED", message=message)
    client = SimpleNamespace(get_job_info=lambda _ticket: info)
    monkeypatch.setattr(RayLauncher, "_client", lambda _self: client)
    seen = RayLauncher(RayOptions()).look("job")
    assert (seen.phase, seen.reason) == (Phase.ENDED, message.partition(".")[0])
    assert seen.is_out_of_memory is is_short
