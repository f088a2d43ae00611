"""Where a teacher may be, by which proxy it is reached, and who gets which key."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest

from scicot.adapters.teacher.addresses import check_address
from scicot.adapters.teacher.keys import NO_KEY, teacher_key
from scicot.adapters.teacher.open import check_teacher, open_teacher
from scicot.adapters.teacher.proxies import proxy_for
from scicot.pure.secrets import HIDDEN, hide_secrets
from scicot.pure.teacher.names import parse_teacher
from scicot.pure.teacher.redaction import hide_in_reply
from scicot.words.errors import InvalidConfig, TeacherRefused
from scicot.words.settings import Settings
from scicot.words.teaching import Reply
from tests.fake_teacher import FakeTeacher, serve

PRIVATE = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",  # a provider's inside
    "198.18.0.1",  # benchmarks
    "192.0.2.1",  # documentation
    "240.0.0.1",
    "[fc00::1]",
    "[fec0::1]",  # site-local
    "[::ffff:10.1.2.3]",  # mapped
    "[64:ff9b::10.1.2.3]",  # NAT64
    "[64:ff9b::127.0.0.1]",
    "[2002:a01:203::1]",  # 6to4 of 10.1.2.3
    "[2001:0:4136:e378:8000:63bf:f5fe:fdfc]",  # Teredo
    "[64:ff9b:1:a01:2:300:808:808]",  # NAT64 of one's own network, round the byte left out
    "[64:ff9b:1:a01:2:300::]",
    "[::ffff:0:a01:203]",  # translated
    "[2400:cb00::5efe:a01:203]",  # ISATAP
]
METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[fe80::a9fe:a9fe]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "[64:ff9b:1:a9fe:a9:fe00::]",
    "[::ffff:0:a9fe:a9fe]",
    "[2400:cb00::5efe:a9fe:a9fe]",
    "metadata.tencentyun.com",
    "metadata.google.internal",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_what_is_not_reachable_from_everywhere_is_allowed_only_by_setting(host: str) -> None:
    with pytest.raises(InvalidConfig):
        check_address(f"http://{host}/v1", Settings())
    check_address(f"http://{host}/v1", Settings(allow_private_teachers=True))


@pytest.mark.parametrize("host", METADATA)
def test_metadata_is_refused_whatever_is_allowed(host: str) -> None:
    for allowed in (False, True):
        with pytest.raises(InvalidConfig, match="no place for a teacher"):
            check_address(f"http://{host}/v1", Settings(allow_private_teachers=allowed))


@pytest.mark.parametrize("host", ["8.8.8.8", "127.0.0.1", "[::1]", "[2606:4700::1111]"])
def test_public_addresses_and_ones_own_machine_are_allowed(host: str) -> None:
    check_address(f"http://{host}/v1", Settings())


@pytest.mark.parametrize(
    "name",
    [
        "http://me:sk-1@host.example/v1#m",
        "http://host.example/v1?key=sk-0123456789abcdef#m",
        "http://host.example/sk-0123456789abcdefghij/v1#m",
        "http://host.example/v1?api_key=x#",
    ],
)
def test_a_key_inside_an_address_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(InvalidConfig) as refused:
        parse_teacher(name)
    assert "sk-" not in str(refused.value)
    assert "SCICOT_TEACHER_API_KEY" in str(refused.value)


@pytest.mark.parametrize(
    "key", ["“sk-test”", "sk-é", "sk-a\nsk-b", "Bearer sk-a", '"sk-test"', "\u200bsk-a"]
)
def test_a_key_that_no_request_can_carry_is_refused_by_its_variables_name(key: str) -> None:
    for teacher, settings, name in (
        ("openai:m", Settings(OPENAI_API_KEY=key), "OPENAI_API_KEY"),
        ("http://127.0.0.1:9/v1#m", Settings(teacher_api_key=key), "SCICOT_TEACHER_API_KEY"),
    ):
        with pytest.raises(TeacherRefused, match=name) as refused:
            check_teacher(parse_teacher(teacher), settings)
        assert key not in str(refused.value)


def test_a_key_is_trimmed_and_a_blank_one_is_none() -> None:
    teacher = parse_teacher("openai:m")
    assert teacher_key(teacher, Settings(OPENAI_API_KEY=" sk-test\n")) == "sk-test"
    with pytest.raises(TeacherRefused, match="There is no key"):
        check_teacher(teacher, Settings(OPENAI_API_KEY="  "))


def test_a_url_teachers_key_goes_to_the_host_it_was_given_for_alone() -> None:
    there = parse_teacher("http://8.8.8.8:81/v1#m")
    other = parse_teacher("http://8.8.4.4/v1#m")
    own = parse_teacher("http://127.0.0.1:9/v1#m")
    unnamed = Settings(teacher_api_key="sk-test")
    assert (teacher_key(there, unnamed), teacher_key(own, unnamed)) == (NO_KEY, "sk-test")
    check_teacher(parse_teacher("http://[::1]:9/v1#m"), unnamed)
    with pytest.raises(TeacherRefused, match=r"SCICOT_TEACHER_API_HOST=8\.8\.8\.8:81"):
        check_teacher(there, unnamed)
    for host in ("8.8.8.8", "8.8.8.8:81", "https://8.8.8.8:81/v1, another.example"):
        named = Settings(teacher_api_key="sk-test", teacher_api_host=host)
        assert teacher_key(there, named) == "sk-test"
        assert teacher_key(other, named) == teacher_key(own, named) == NO_KEY


def test_a_proxy_is_never_used_for_ones_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    for host in (
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "127.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ):
        assert proxy_for(f"http://{host}:8080/v1") is None, host

    async def once(url: str) -> Reply:
        async with open_teacher(parse_teacher(f"{url}#m"), Settings(), concurrency=1) as client:
            return await client.ask(
                [{"role": "user", "content": "Why?"}], model="m", temperature=0, max_tokens=16
            )

    with serve(FakeTeacher()) as teacher:
        assert asyncio.run(once(teacher.url)).status == 200


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("socks5://me:secret@host.example:1080", "SOCKS"),
        ("socks://host.example:1080", "socks5://"),
        ("htp://host.example", "cannot be read"),
        ("http://host.example:port", "cannot be read"),
        ("none", "which is no host"),
        ("http:/host.example:80", "which is no host"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_told_before_the_first_call(
    monkeypatch: pytest.MonkeyPatch, proxy: str, said: str
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(InvalidConfig, match=said) as refused:
        check_teacher(parse_teacher("http://8.8.8.8/v1#m"), Settings())
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "excepted", ["8.8.8.0/24", "8.8.", "example.org, 8.8.8.8:8000", "2001:db8::/32 8.8.8.8"]
)
def test_a_host_that_is_excepted_in_any_spelling_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch, excepted: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "8.8.4.0/24, *.example.org")
    assert proxy_for("http://8.8.8.8:8000/v1") == "http://proxy.example:3128"
    assert proxy_for("http://api.example.org/v1") is None
    monkeypatch.setenv("NO_PROXY", excepted)
    assert proxy_for("http://8.8.8.8:8000/v1") is None


@pytest.mark.parametrize("key", ["OPENAI_API_KEY=sk-1", "$OPENAI_API_KEY", "<key>", "`sk-1`"])
def test_a_key_that_is_none_is_told_before_the_first_call(key: str) -> None:
    with pytest.raises(TeacherRefused, match=r"OPENAI_API_KEY (?:holds a placeholder|stands in)"):
        check_teacher(parse_teacher("openai:m"), Settings(OPENAI_API_KEY=key))


@pytest.mark.parametrize("url", ["api.example.com/v1", "htp://api.example.com", "https://"])
def test_a_mistyped_base_url_is_told_before_the_first_call(url: str) -> None:
    settings = Settings(OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=url)
    with pytest.raises(InvalidConfig, match="OPENAI_BASE_URL"):
        check_teacher(parse_teacher("openai:m"), settings)


def test_a_blank_base_url_is_openais_own() -> None:
    assert Settings(OPENAI_BASE_URL=" ").openai_base_url is None


@pytest.mark.parametrize(
    "written",
    [
        *("sk-a/b+c=0123", "sk-a\\/b+c=0123", "sk-a%2Fb%2Bc%3D0123", "sk-a%2fb%2bc%3d0123"),
        *("sk-a/b\\u002Bc=0123", "\\u0073\\u006b-a/b\\u002bc\\u003d0123", "sk-a/b&#43;c=0123"),
        *("sk-a&#x2F;b&#x2b;c=0123", "sk-a\\\\u002fb+c=0123", "c2stYS9iK2M9MDEyMw=="[:-2]),
    ],
)
def test_a_secret_is_hidden_however_it_is_written(written: str) -> None:
    hidden = hide_secrets(f'{{"message": "No use for {written}."}}', ["sk-a/b+c=0123", "none"])
    assert hidden == f'{{"message": "No use for {HIDDEN}."}}'


@pytest.mark.parametrize("before", ["", "x", "xy", "Bearer ", "abc:"])
def test_a_secret_within_other_base64_or_in_digits_is_hidden(before: str) -> None:
    secret = "sk-a/b+c=0123~~>>??"
    for coded in (base64.b64encode, base64.urlsafe_b64encode):
        written = coded(f"{before}{secret} and more".encode()).decode()
        assert HIDDEN in hide_secrets(written, [secret])
    assert hide_secrets(secret.encode().hex().upper(), [secret]) == HIDDEN


@pytest.mark.parametrize("size", [1, 5])
def test_a_key_that_comes_in_pieces_is_hidden_in_the_whole(size: int) -> None:
    secret, text = "sk-0123456789abcdef", "Your key is sk-0123456789abcdef."
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    deltas = [{"content": piece} for piece in pieces]
    stream = "".join(f"data: {json.dumps({'choices': [{'delta': delta}]})}\n" for delta in deltas)
    parts = {"content": [{"type": "text", "text": piece} for piece in pieces]}
    thoughts = {"content": "x", "reasoning": [{"text": piece} for piece in pieces]}
    whole = [json.dumps({"choices": [{"message": message}]}) for message in (parts, thoughts)]
    for body in (f"{stream}data: [DONE]\n", *whole):
        hidden = hide_in_reply(body, [secret])
        assert HIDDEN in hidden
        assert "9abc" not in hidden.replace('", "', "")
    assert hide_in_reply(stream, ["another-secret"]) == stream


def test_a_short_key_is_hidden_where_it_stands_alone() -> None:
    said = "No use for k3y-1: not k3y-10, nor monk3y-1."
    assert hide_secrets(said, ["k3y-1"]) == f"No use for {HIDDEN}: not k3y-10, nor monk3y-1."
    assert hide_secrets("none of them is EMPTY", ["none", "EMPTY"]) == "none of them is EMPTY"


def test_a_name_with_the_key_in_it_is_refused_without_repeating_it() -> None:
    settings = Settings(teacher_api_key="hunter2-and-more", allow_private_teachers=True)
    for name in (
        "http://127.0.0.1:9/hunter2-and-more/v1#m",
        "http://127.0.0.1:9/v1#hunter2-and-more",
    ):
        with pytest.raises(InvalidConfig, match="holds your key") as refused:
            check_teacher(parse_teacher(name), settings)
        assert "hunter2" not in str(refused.value)
