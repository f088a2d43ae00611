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

import httpx2

from scicot.words.errors import InvalidConfig
from scicot.words.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
RESOLVE_AGAIN_SECONDS = 60.0  # a name may move on during a long run; it is checked anew


# Where clouds tell a machine its secrets; whatever is allowed, these are not. Those in link-local
# networks (169.254.169.254 and the like) are refused with their network.
METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in (
        "169.254.169.254",  # AWS, Google, Azure, Oracle and others
        "169.254.170.2",  # AWS containers
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle, older
        "168.63.129.16",  # Azure's own server for its machines
        "fd00:ec2::254",  # AWS by IPv6
        "fd20:ce::254",  # Google by IPv6
        "fd00:c1::a9fe:a9fe",  # Oracle by IPv6
        "fe80::a9fe:a9fe",  # OpenStack by IPv6
        "fd00:42::42",  # Scaleway by IPv6
    )
)
METADATA_NAMES = (
    *("metadata.google.internal", "metadata.goog", "instance-data", "metadata"),
    *("metadata.tencentyun.com", "metadata.platformequinix.com", "metadata.packet.net"),
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
_ISATAP = (0x00005EFE, 0x02005EFE)  # the third quarter of such an address, RFC 5214


def check_address(base_url: str, settings: Settings) -> None:
    """Raise InvalidConfig for an address that a teacher has no business at.

    Only what is reachable from everywhere is allowed, and one's own machine, which the app is
    bound to as well; private networks only where SCICOT_ALLOW_PRIVATE_TEACHERS is set; where
    clouds keep their metadata never.
    """
    host = urlsplit(base_url).hostname or ""
    if host.rstrip(".").lower() in METADATA_NAMES:
        raise InvalidConfig(f"The address {host} is no place for a teacher. Use another one.")
    check_addresses(host, resolve(host), settings)


def check_own_setting(name: str, base_url: str) -> None:
    """Raise InvalidConfig for a base URL of the environment that is none, or leads to metadata."""
    try:
        parts = urlsplit(base_url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidConfig(
            f"{name} is no address. Write it whole, https://HOST/v1 for instance, or take it out."
        )
    if parts.username or parts.password or parts.query:
        raise InvalidConfig(f"{name} holds a key or password. Keys stand in OPENAI_API_KEY alone.")
    check_addresses(host, resolve(host), None)


def check_addresses(host: str, addresses: Sequence[Address], settings: Settings | None) -> None:
    """Raise InvalidConfig when one of the addresses that a host's name gave is not allowed.

    Without settings the address is the administrator's own word: private ones are allowed.
    """
    may_be_private = settings is None or settings.allow_private_teachers
    for address in addresses:
        if address.is_loopback:
            continue
        leads_to = [address, *inner_addresses(address)]
        if any(end in METADATA or end.is_link_local or _is_nobodys(end) for end in leads_to):
            raise InvalidConfig(f"The address {host} is no place for a teacher. Use another one.")
        if may_be_private:
            continue
        if not all(map(_is_everybodys, leads_to)) or address in _LOCAL_NAT64:
            raise InvalidConfig(
                f"The address {host} lies in a private network. If that is meant, set "
                "SCICOT_ALLOW_PRIVATE_TEACHERS=true and start again."
            )


def _is_everybodys(address: Address) -> bool:
    # the standard library has not heard that site-local addresses are of one site
    return address.is_global and not getattr(address, "is_site_local", False)


def _is_nobodys(address: Address) -> bool:
    return address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255"


def inner_addresses(address: Address) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that an IPv6 one may lead to.

    NAT64 in both of its places, 6to4, Teredo (server and client), ISATAP, translated, compatible.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return []
    whole = int(address)
    last = ipaddress.IPv4Address(whole & 0xFFFFFFFF)
    found = list(address.teredo or ())
    if address.sixtofour:
        found.append(address.sixtofour)
    quarter = whole >> 32 & 0xFFFFFFFF
    if address in _NAT64 or whole >> 32 in (0, 0xFFFF0000) or quarter in _ISATAP:
        found.append(last)
    if address in _LOCAL_NAT64:  # RFC 6052: round the byte that is left out, or at the end
        around = whole >> 64 << 16 & 0xFFFF0000 | whole >> 40 & 0xFFFF
        found += [ipaddress.IPv4Address(around), *([last] if int(last) else [])]
    return found


def resolve(host: str) -> list[Address]:
    """Return a host's addresses; none when its name cannot be resolved."""
    try:
        entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []  # the call itself will say that it cannot be reached
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in entries]
    # ::ffff:10.1.2.3 is the IPv4 address itself
    return [
        getattr(address, "ipv4_mapped", None) or address for address in dict.fromkeys(addresses)
    ]


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
