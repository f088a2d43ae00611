"""Which proxy of the environment carries a teacher's address, if any: never one's own machine's."""

from __future__ import annotations

import importlib.util
import ipaddress
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from scicot.adapters.teacher.addresses import resolve
from scicot.words.errors import InvalidConfig

_NO_HOSTS = ("none", "direct", "off", "no", "false", "http", "https")  # the last of http:/host
_SCHEMES = ("http", "https", "socks5", "socks5h")


def proxy_for(base_url: str) -> str | None:
    """Return the proxy's URL; None for loopback, for hosts of NO_PROXY, and where none is set.

    Raises InvalidConfig for a proxy that cannot be used.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if is_own_machine(host):
        return None
    proxies = getproxies()
    proxy = (proxies.get(parts.scheme) or proxies.get("all") or "").strip()
    if not proxy or proxy_bypass(parts.netloc) or _is_excepted(host, parts.netloc, proxies):
        return None
    if (addresses := resolve(host)) and all(address.is_loopback for address in addresses):
        return None  # 127.1, or a name that this machine gives itself
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    _check(proxy)
    return proxy


def is_own_machine(host: str) -> bool:
    """Return whether a host is this machine by its name or address."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address  # ::ffff:127.0.0.1
    return bool(mapped.is_loopback or mapped.is_unspecified)  # servers log 0.0.0.0 as theirs


def _is_excepted(host: str, place: str, proxies: dict[str, str]) -> bool:
    """Return whether NO_PROXY names the host in a way that urllib does not know.

    A network (10.0.0.0/8), a beginning (10.), any name below one (*.example.org), host and port.
    """
    for entry in proxies.get("no", "").replace(",", " ").lower().split():
        if entry in (host, place) or (entry.startswith("*.") and host.endswith(entry[1:])):
            return True
        if entry.endswith(".") and host.startswith(entry):
            return True
        try:
            if "/" in entry and ipaddress.ip_address(host) in ipaddress.ip_network(entry, False):
                return True
        except ValueError:  # a name, or no network
            continue
    return False


def shown_proxy(proxy: str) -> str:
    """Return the proxy as it may be shown: without the name and password in it."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _check(proxy: str) -> None:
    try:
        parts = urlsplit(proxy)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if host in _NO_HOSTS:
        raise InvalidConfig(
            f"The environment names the proxy '{host}' (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY), "
            "which is no host. Write http://HOST:PORT, or take it out."
        )
    if parts.scheme == "socks":  # how some desktops write it
        raise InvalidConfig(
            f"The proxy {shown_proxy(proxy)} does not say which SOCKS it speaks. Write "
            "socks5://HOST:PORT, or take it out of the environment (ALL_PROXY, HTTPS_PROXY)."
        )
    if parts.scheme not in _SCHEMES or not host:
        raise InvalidConfig(
            "The environment names a proxy that cannot be read (HTTP_PROXY, HTTPS_PROXY or "
            "ALL_PROXY). Write http://HOST:PORT, or take it out."
        )
    if parts.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise InvalidConfig(
            f"The proxy {shown_proxy(proxy)} speaks SOCKS, which needs the package socksio. Run "
            "`pip install socksio`, or take the proxy out of the environment."
        )
