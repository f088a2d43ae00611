"""Which addresses a teacher may have, and a connection to exactly the address that was checked.

A name may answer with a public address when it is checked and with a private one when it is used
(DNS rebinding). So the name is resolved here once, every address it gives is checked, and the
request goes to one of those; the host's name stays in the Host header and in the certificate.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Sequence
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from scicot.words.errors import InvalidConfig
from scicot.words.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
RESOLVE_AGAIN_SECONDS = 60.0  # a name may move on during a long run; it is checked anew


def check_address(base_url: str, settings: Settings) -> None:
    """Raise InvalidConfig for an address that a teacher has no business at.

    Link-local addresses (where clouds keep their metadata) never; private networks only where
    SCICOT_ALLOW_PRIVATE_TEACHERS is set. One's own machine is allowed: the app is bound to it too.
    """
    host = urlsplit(base_url).hostname or ""
    check_addresses(host, resolve(host), settings)


def check_addresses(host: str, addresses: Sequence[Address], settings: Settings) -> None:
    """Raise InvalidConfig when one of the addresses that a host's name gave is not allowed."""
    for address in addresses:
        if address.is_loopback:
            continue
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            raise InvalidConfig(f"The address {host} is no place for a teacher. Use another one.")
        if address.is_private and not settings.allow_private_teachers:
            raise InvalidConfig(
                f"The address {host} lies in a private network. If that is meant, set "
                "SCICOT_ALLOW_PRIVATE_TEACHERS=true and start again."
            )


def goes_by_proxy(base_url: str) -> bool:
    """Return whether a proxy of the environment carries this address: then it resolves the name."""
    parts = urlsplit(base_url)
    return parts.scheme in getproxies() and not proxy_bypass(parts.netloc)


def resolve(host: str) -> list[Address]:
    """Return a host's addresses; none when its name cannot be resolved."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []  # the call itself will say that it cannot be reached
    addresses = [ipaddress.ip_address(str(one[4][0]).split("%")[0]) for one in found]
    return [getattr(one, "ipv4_mapped", None) or one for one in dict.fromkeys(addresses)]


class CheckedAddresses:
    """A host's addresses, checked whenever they are resolved; raises InvalidConfig."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[str, tuple[float, list[Address]]] = {}

    def known(self, host: str) -> list[Address]:
        """Return the addresses that were checked a moment ago, none when it is time to look."""
        until, addresses = self._known.get(host, (0.0, []))
        return addresses if time.monotonic() < until else []

    def look(self, host: str) -> list[Address]:
        """Return the addresses that a request to this host may go to, resolved now."""
        addresses = resolve(host)
        if not addresses:
            raise httpx2.ConnectError(f"The name {host} has no address")
        check_addresses(host, addresses, self._settings)
        self._known[host] = (time.monotonic() + RESOLVE_AGAIN_SECONDS, addresses)
        return addresses


def aimed_at(request: httpx2.Request, address: Address) -> httpx2.Request:
    """Return the request with its connection aimed at this address and its host kept."""
    extensions = dict(request.extensions) | {"sni_hostname": request.url.host}
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions=extensions,
    )


class CheckedTransport(httpx2.AsyncHTTPTransport):
    """Sends each request to an address that was checked, trying them in order."""

    def __init__(self, settings: Settings, *, limits: httpx2.Limits) -> None:
        super().__init__(limits=limits)
        self._addresses = CheckedAddresses(settings)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; raises InvalidConfig for a name that has moved to where it may not."""
        host = request.url.host
        addresses = self._addresses.known(host) or await asyncio.to_thread(
            self._addresses.look, host
        )
        for address in addresses[:-1]:
            try:
                return await super().handle_async_request(aimed_at(request, address))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue  # nothing was sent: the next address
        return await super().handle_async_request(aimed_at(request, addresses[-1]))


class CheckedBlockingTransport(httpx2.HTTPTransport):
    """The same for a client that is not asynchronous."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._addresses = CheckedAddresses(settings)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; raises InvalidConfig for a name that has moved to where it may not."""
        host = request.url.host
        addresses = self._addresses.known(host) or self._addresses.look(host)
        for address in addresses[:-1]:
            try:
                return super().handle_request(aimed_at(request, address))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return super().handle_request(aimed_at(request, addresses[-1]))
