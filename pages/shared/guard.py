"""What every answer of the web server carries, and files that only who is signed in may fetch."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

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


class Guard:
    """An ASGI layer before Streamlit's own."""

    def __init__(self, app: Any, *, sign_in: bool) -> None:
        self.app = app
        self.sign_in = sign_in

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer the request, or pass it on and put the headers on what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.sign_in and scope["path"].startswith("/media/") and not _is_signed_in(scope):
            # a file made for one person lies under an address that anybody may learn
            await send({"type": "http.response.start", "status": 403, "headers": list(HEADERS)})
            await send({"type": "http.response.body", "body": b"Sign in to fetch this file."})
            return

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _is_signed_in(scope: Any) -> bool:
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    for name, value in scope["headers"]:
        if name == b"cookie":
            cookie = SimpleCookie(value.decode("latin-1")).get(USER_COOKIE_NAME)
            if cookie is None:
                continue
            signed = cookie.value.encode("latin-1")
            if decode_signed_value(get_cookie_secret(), USER_COOKIE_NAME, signed):
                return True
    return False
