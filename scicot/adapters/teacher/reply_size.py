"""A reply is read up to a limit: a server that goes on for ever costs no memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

LONGEST_REPLY = 16 * 1024**2  # bytes; the longest answer of a teacher is some hundred thousand


class TooLong(httpx2.ReadError):
    """The reply did not end within the limit; it counts as cut off, and may have been paid for."""


class LimitedTransport(httpx2.AsyncBaseTransport):
    """Another transport, whose replies end at the limit."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, limit: int = LONGEST_REPLY) -> None:
        self._transport = transport
        self._limit = limit

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; its reply raises TooLong while it is read past the limit."""
        response = await self._transport.handle_async_request(request)
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        response.stream = _Limited(stream, self._limit)
        return response

    async def aclose(self) -> None:
        """Close the other transport."""
        await self._transport.aclose()


class _Limited(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, limit: int) -> None:
        self._stream = stream
        self._left = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise TooLong("the reply is longer than any answer")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
