from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from email.utils import format_datetime

import httpx2
import pytest

from scicot.adapters.clock import utc_now
from scicot.adapters.teacher.addresses import check_address
from scicot.adapters.teacher.client import TeacherClient, to_reply
from scicot.adapters.teacher.failures import CutOff, NotSent
from scicot.adapters.teacher.open import check_teacher, open_teacher
from scicot.pure.teacher.call_parameters import call_parameters, known_refusals
from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.replies import read_reply
from scicot.words.errors import InvalidConfig
from scicot.words.settings import Settings
from scicot.words.teaching import AttemptOutcome, Reply
from tests.fake_teacher import FakeTeacher, always, serve


def ask(base_url: str, deadline: float = 5.0) -> Reply:
    async def once() -> Reply:
        async with TeacherClient(base_url, "k", connections=1, deadline=deadline) as client:
            return await client.ask(
                [{"role": "user", "content": "Why?"}], model="m", temperature=0, max_tokens=16
            )

    return asyncio.run(once())


def test_a_slow_drip_ends_at_the_total_deadline() -> None:
    with (
        serve(FakeTeacher(faults=always("drip"))) as teacher,
        pytest.raises(CutOff, match=r"0\.3 seconds"),
    ):
        ask(teacher.url, deadline=0.3)


def test_a_connection_that_was_never_made_is_not_sent() -> None:
    with serve(FakeTeacher()) as teacher:
        url = teacher.url
    with pytest.raises(NotSent):
        ask(url)


def test_the_client_makes_no_attempt_of_its_own() -> None:
    with serve(FakeTeacher(faults=always("500"))) as teacher:
        assert ask(teacher.url).status == 500
        assert teacher.count == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("99999", 3600.0), ("nan", None), ("soon", None)],
)
def test_retry_after_is_read_in_seconds(header: str, seconds: float | None) -> None:
    response = httpx2.Response(429, headers={"retry-after": header}, content=b"")
    assert to_reply(response).retry_after == seconds


def test_retry_after_may_be_a_date_or_milliseconds() -> None:
    date = format_datetime(utc_now() + timedelta(seconds=60), usegmt=True)
    response = httpx2.Response(429, headers={"retry-after": date}, content=b"")
    assert to_reply(response).retry_after == pytest.approx(60, abs=3)
    response = httpx2.Response(429, headers={"retry-after-ms": "250"}, content=b"")
    assert to_reply(response).retry_after == 0.25


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/v1", "http://[fe80::1]/v1", "http://0.0.0.0/v1", "http://10.1.2.3/v1"],
)
def test_an_address_that_is_no_teachers_is_refused(address: str) -> None:
    with pytest.raises(InvalidConfig):
        check_address(address, Settings())


def test_a_private_address_is_allowed_where_that_is_set() -> None:
    check_address("http://10.1.2.3/v1", Settings(allow_private_teachers=True))
    check_address("http://127.0.0.1:8080/v1", Settings())
    with pytest.raises(InvalidConfig):
        check_address("http://169.254.169.254/v1", Settings(allow_private_teachers=True))


def test_the_starter_teacher_answers_on_loopback_with_no_key() -> None:
    starter = parse_teacher("starter")
    settings = Settings(threads=1)
    check_teacher(starter, settings)

    async def once() -> Reply:
        async with open_teacher(starter, settings, concurrency=1) as client:
            return await client.ask(
                [{"role": "user", "content": "What is ice?"}],
                model="m",
                temperature=0,
                max_tokens=16,
            )

    answer = read_reply(asyncio.run(once()))
    assert answer.outcome in (AttemptOutcome.STORED, AttemptOutcome.TRUNCATED)
    assert answer.text
    assert answer.completion_tokens


def addresses_of(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Let every name resolve to these addresses in turn, then to the last one for ever."""
    left = list(answers)

    def resolve(*_asked: object, **_more: object) -> list[tuple[object, ...]]:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))]

    monkeypatch.setattr("scicot.adapters.teacher.addresses.socket.getaddrinfo", resolve)


def ask_checked(base_url: str) -> Reply:
    async def once() -> Reply:
        async with TeacherClient(
            base_url, "k", connections=1, deadline=5.0, checked_by=Settings()
        ) as client:
            return await client.ask(
                [{"role": "user", "content": "Why?"}], model="m", temperature=0, max_tokens=16
            )

    return asyncio.run(once())


def test_a_name_that_moves_to_a_private_address_after_the_check_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    addresses_of(monkeypatch, "93.184.216.34", "169.254.169.254")
    check_address("http://teacher.example/v1", Settings())
    with pytest.raises(NotSent, match="no place for a teacher"):
        ask_checked("http://teacher.example/v1")


def test_a_checked_name_is_connected_to_by_its_address_and_keeps_its_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve(FakeTeacher()) as teacher:
        addresses_of(monkeypatch, "127.0.0.1")
        assert ask_checked(f"http://teacher.example:{teacher.port}/v1").status == 200
        assert teacher.seen[0].headers["host"] == f"teacher.example:{teacher.port}"


def test_a_reasoning_model_is_asked_with_its_own_parameters() -> None:
    assert known_refusals("gpt-3.5-turbo") == known_refusals("gpt-4o") == set()
    assert known_refusals("gpt-5-chat-latest") == {"max_tokens"}
    assert call_parameters(0.0, 64, known_refusals("o3-mini")) == {"max_completion_tokens": 64}
