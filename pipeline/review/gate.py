"""Who may speak to the desk: whoever opened its link, on this machine, and no page of another origin.

A page on the internet can make a browser send requests to 127.0.0.1. The token keeps strangers out, the cookie is
never sent from another site (SameSite=Strict), the Host header betrays DNS rebinding, and Origin is compared.
Source: https://github.com/brannondorsey/dns-rebind-toolkit; RFC 6265bis 5.6.7; https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

_ENTER = """\
<!doctype html><meta charset="utf-8"><title>ClinicReel</title><link rel="icon" href="data:,">
<meta http-equiv="refresh" content="0;url=/">
"""


class Gate:
    """ASGI middleware in front of everything the desk serves.

    Args:
        app: the desk.
        token: what the link carries.
        port: on which the desk listens.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._cookie = f"clinicreel_{port}"  # browsers keep one jar for all ports of a host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it with 403."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if headers.get("host") not in self._hosts:
            await self._refuse(scope, receive, send, "这不是复核台的地址 / this address is not the desk's")
        elif origin is not None and origin.removeprefix("http://") != headers["host"]:
            await self._refuse(scope, receive, send, "这是别的网页发来的请求 / another page asked for this")
        elif self._is_known(QueryParams(scope["query_string"]).get("token", "")):
            # Not a redirect: a chain that another site began carries no strict cookie. The page itself moves on.
            answer = HTMLResponse(_ENTER)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
            await answer(scope, receive, _with_headers(send))
        elif self._is_known(self._given(headers)):
            await self._app(scope, receive, _with_headers(send))
        else:
            why = "请打开 clinicreel review 给出的链接 / open the link that `clinicreel review` printed"
            await self._refuse(scope, receive, send, why)

    def _given(self, headers: Headers) -> str:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return morsel.value if morsel else ""

    def _is_known(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, why: str) -> None:
        await PlainTextResponse(f"403: {why}\n", status_code=403)(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return sending
