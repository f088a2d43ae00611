"""What every request is asked and every answer carries, before Streamlit sees any of it.

Streamlit looks at the host of a websocket alone and takes any port of this machine for its own.
Here each request is asked which name it came by, and what changes something whether our own page
sent it; files that were made or sent up are for who has been let in.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from pages.shared.sign_in import actor_of
from scicot.words.errors import SciCotError

# Nothing is loaded from elsewhere, whatever a text says; no other page may hold ours in a frame.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self' data: blob: ws: wss:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob: data:",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "object-src 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
# a file made for one person lies under an address that anybody may learn; what is sent up is kept
# in memory before any page has asked who sends it
FOR_WHO_IS_LET_IN = ("/media/", "/_stcore/upload_file/")
CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")


class Guard:
    """An ASGI layer before Streamlit's own."""

    def __init__(self, app: Any, *, sign_in: bool) -> None:
        self.app = app
        self.sign_in = sign_in

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Refuse the request, or pass it on and put the headers on what comes back."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, send, refusal)
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self.app(scope, receive, send_with_headers)

    async def _refusal(self, scope: Any) -> str | None:
        """Return why a request is not answered, None for one that is."""
        from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

        host, origin = _header(scope, b"host"), _header(scope, b"origin")
        if not is_host_allowed(host):
            return "The app is not known by this name. SCICOT_ALLOWED_HOSTS says which it has."
        is_only_read = scope["type"] == "http" and scope["method"] in CHANGES_NOTHING
        if not is_only_read and origin is not None and not is_our_page(origin, host or ""):
            return "This was sent by another page than the app's own."
        # wherever Streamlit's own baseUrlPath puts them
        if self.sign_in and any(place in scope["path"] for place in FOR_WHO_IS_LET_IN):
            return await asyncio.to_thread(_why_not_let_in, scope)
        return None


def is_our_page(origin: str, host: str) -> bool:
    """Return whether a page of this origin was loaded from the host and port it now asks."""
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _header(scope: Any, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def _why_not_let_in(scope: Any) -> str | None:
    from starlette.requests import Request
    from streamlit.web.server.starlette import starlette_websocket as streamlits
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    cookies = Request(scope).cookies
    signed = streamlits._get_signed_cookie_with_chunks(cookies, USER_COOKIE_NAME)
    if signed is None:
        return "Sign in to fetch or send this file."
    try:
        actor_of(json.loads(signed))
    except (ValueError, SciCotError) as error:
        return str(error) if isinstance(error, SciCotError) else "Sign in once more."
    return None


async def _refuse(scope: Any, send: Any, sentence: str) -> None:
    if scope["type"] == "websocket":  # before it is accepted: the server answers 403
        await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})
