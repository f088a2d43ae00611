"""A reply is read up to a limit: a server that goes on for ever costs no memory.

Packed replies are not asked for. One that comes packed all the same is unpacked here, up to the
same limit: a few kilobytes may be gigabytes.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx2

LONGEST_REPLY = 16 * 1024**2  # bytes; the longest answer of a teacher is some hundred thousand
LONGEST_FILE = 256 * 1024**2  # of the answers to a batch, which are some thousands
AS_IT_IS = ("", "identity")
PACKED = ("gzip", "x-gzip", "deflate")
EITHER_HEAD = zlib.MAX_WBITS | 32  # gzip's or zlib's


class TooLong(httpx2.ReadError):
    """The reply did not end within the limit; it counts as cut off, and may have been paid for."""


class LimitedTransport(httpx2.AsyncBaseTransport):
    """Another transport, whose replies end at the limit."""

    def __init__(self, transport: httpx2.AsyncBaseTransport, limit: int = LONGEST_REPLY) -> None:
        self._transport = transport
        self._limit = limit

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; its reply raises TooLong while it is read past the limit."""
        request.headers["accept-encoding"] = "identity"
        response = await self._transport.handle_async_request(request)
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        response.stream = _Limited(stream, _Measure.of(response, self._limit))
        return response

    async def aclose(self) -> None:
        """Close the other transport."""
        await self._transport.aclose()


class LimitedBlockingTransport(httpx2.BaseTransport):
    """The same for a client that is not asynchronous."""

    def __init__(self, transport: httpx2.BaseTransport, limit: int = LONGEST_FILE) -> None:
        self._transport = transport
        self._limit = limit

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; its reply raises TooLong while it is read past the limit."""
        request.headers["accept-encoding"] = "identity"
        response = self._transport.handle_request(request)
        stream = response.stream
        assert isinstance(stream, httpx2.SyncByteStream)
        response.stream = _LimitedBlocking(stream, _Measure.of(response, self._limit))
        return response

    def close(self) -> None:
        """Close the other transport."""
        self._transport.close()


class _Measure:
    """What of a reply has come so far, and how it is unpacked."""

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = coding
        self._unpacker = zlib.decompressobj(EITHER_HEAD) if coding in PACKED else None
        self._came = self._plain = limit

    @classmethod
    def of(cls, response: httpx2.Response, limit: int) -> _Measure:
        """Return the measure of a reply, whose head then says nothing of being packed."""
        coding = response.headers.pop("content-encoding", "").strip().lower()
        if coding not in AS_IT_IS:
            response.headers.pop("content-length", None)
        return cls(coding, limit)

    def take(self, chunk: bytes) -> bytes:
        """Return what a chunk holds; raises TooLong past the limit."""
        self._came -= len(chunk)
        if self._unpacker is not None:
            try:
                chunk = self._unpacker.decompress(chunk, self._plain + 1)
            except zlib.error as error:
                raise httpx2.ReadError(f"the reply is no whole {self._coding}") from error
        elif self._coding not in AS_IT_IS:
            raise httpx2.ReadError("the reply came packed, and was not asked for so")
        self._plain -= len(chunk)
        if min(self._came, self._plain) < 0:
            raise TooLong("the reply is longer than any answer")
        return chunk


class _Limited(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, measure: _Measure) -> None:
        self._stream = stream
        self._measure = measure

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield self._measure.take(chunk)

    async def aclose(self) -> None:
        await self._stream.aclose()


class _LimitedBlocking(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, measure: _Measure) -> None:
        self._stream = stream
        self._measure = measure

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            yield self._measure.take(chunk)

    def close(self) -> None:
        self._stream.close()
