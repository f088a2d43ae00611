"""One request to an OpenAI-compatible server: sent once, its reply handed back unread.

The client's own retries are off, because they would be invisible to the ledger (and may be paid);
redirects are not followed, so that the key goes nowhere else; and one deadline covers the whole
call, because the client's own timeout starts afresh with every byte.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Collection, Sequence
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import httpx2
import openai

from scicot.adapters.clock import utc_now
from scicot.adapters.teacher.addresses import CheckedTransport
from scicot.adapters.teacher.failures import CutOff, NotSent
from scicot.adapters.teacher.proxies import proxy_for, shown_proxy
from scicot.adapters.teacher.reply_size import LimitedTransport
from scicot.pure.teacher.call_parameters import (
    LOGPROBS,
    call_parameters,
    known_refusals,
    learn_refusal,
    refused_parameter,
)
from scicot.pure.teacher.redaction import hide_in_reply
from scicot.words.errors import InvalidConfig, TeacherUnavailable
from scicot.words.settings import Settings
from scicot.words.teaching import Message, Reply

DEADLINE_SECONDS = 120.0
CONNECT_SECONDS = 10.0
KEEPALIVE_SECONDS = 2.0  # shorter than servers' own, so that none closes under a request
MAX_RETRY_AFTER = 3600.0
_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)


class TeacherClient:
    """A connection to one server, for many requests at once. Use it in `async with`."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        connections: int,
        deadline: float = DEADLINE_SECONDS,
        checked_by: Settings | None = None,
        secrets: Sequence[str] = (),
        refused: Collection[str] | None = None,
    ) -> None:
        """Open nothing yet.

        `checked_by`: whose rules say which addresses may be connected to. `secrets`: what is taken
        out of every reply before anybody sees it; the key itself always is. `refused`: which
        parameters the server was found not to take; None: what the model's name tells.
        """
        self._secrets = {api_key, *secrets}
        self._deadline = deadline
        self.refused = None if refused is None else set(refused)
        limits = httpx2.Limits(
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEEPALIVE_SECONDS,
        )
        # always one of ours, so that the environment's proxies are used by our rules alone
        self._proxy = proxy_for(base_url)
        transport: httpx2.AsyncHTTPTransport
        if self._proxy is None and checked_by is not None:
            transport = CheckedTransport(checked_by, limits=limits)
        else:
            transport = httpx2.AsyncHTTPTransport(limits=limits, proxy=self._proxy)
        self._client = openai.AsyncOpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(
                follow_redirects=False,
                timeout=httpx2.Timeout(deadline, connect=CONNECT_SECONDS),
                limits=limits,
                transport=LimitedTransport(transport),
            ),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.close()

    async def ask(
        self,
        messages: Sequence[Message],
        *,
        model: str,
        temperature: float,
        max_tokens: int,
        seed: int | None = None,
        likeliest: int = 0,
    ) -> Reply:
        """Send one chat and return the reply as it came, of whatever status.

        Where a reply says that the model takes other parameters, the next chat is sent with them.
        `likeliest`: of how many tokens at each place the probabilities are asked for as well.
        Raises NotSent when no connection was made and CutOff when no whole reply arrived within
        the deadline.
        """
        if self.refused is None:
            self.refused = known_refusals(model)
        body: dict[str, Any] = {"model": model, "messages": list(messages)}
        body |= call_parameters(
            temperature, max_tokens, self.refused, seed=seed, likeliest=likeliest
        )
        reply = await self._send(body)
        if name := refused_parameter(reply, [name for name in body if name not in LOGPROBS]):
            learn_refusal(self.refused, name)
        return reply

    async def _send(self, body: dict[str, Any]) -> Reply:
        try:
            async with asyncio.timeout(self._deadline):
                # not chat.completions.create: parsing what is kept raw would cost as much again
                response = await self._client.post(
                    "/chat/completions", body=body, cast_to=httpx2.Response
                )
            return to_reply(response, self._secrets)
        except openai.APIStatusError as error:
            return to_reply(error.response, self._secrets)
        except TimeoutError as error:
            raise CutOff(f"No whole reply within {self._deadline:g} seconds") from error
        except openai.APIConnectionError as error:
            raise connection_failure(error, self._proxy) from error
        except InvalidConfig as error:  # the name has moved to an address that is not allowed
            raise NotSent(str(error)) from error


def connection_failure(
    error: openai.APIConnectionError, proxy: str | None = None
) -> TeacherUnavailable:
    """Return NotSent or CutOff, by whether the request can have reached the server."""
    cause = error.__cause__
    what = type(cause or error).__name__
    by = f" by the proxy {shown_proxy(proxy)}, which the environment names" if proxy else ""
    if isinstance(cause, (*_NOT_SENT, httpx2.ProxyError)):
        return NotSent(f"The teacher's server cannot be reached{by} ({what})")
    return CutOff(f"The connection broke after sending{by} ({what})")


def to_reply(response: httpx2.Response, secrets: Collection[str] = ()) -> Reply:
    """Return status, body as text and the wait asked for, of a response read to its end."""
    return Reply(
        status=200 if response.is_success else response.status_code,  # 201 at some gateways
        body=hide_in_reply(response.content.decode("utf-8", "replace"), secrets),
        retry_after=_retry_after(response.headers),
    )


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Return the seconds of Retry-After (or -Ms), which may also be a date."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        seconds = _seconds(value, unit)
        if seconds is not None:
            return min(max(seconds, 0.0), MAX_RETRY_AFTER)
    return None


def _seconds(value: str, unit: float) -> float | None:
    try:
        number = float(value) * unit
        return None if math.isnan(number) else number
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(value) - utc_now()).total_seconds()
    except (ValueError, TypeError):  # TypeError: a date without a zone
        return None
