"""Opens the desk: a server on this machine alone, a link with a token, until it is stopped."""

from __future__ import annotations

import secrets
import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.batch import Batch
from pipeline.review.app import make_app
from pipeline.review.desk import Desk
from pipeline.review.gate import Gate
from pipeline.store import write_durably

_DOOR = """\
<!doctype html><meta charset="utf-8"><title>ClinicReel</title>
<meta http-equiv="refresh" content="0;url={link}">
"""


def serve(batch: Batch, tell: Callable[[str], None], *, with_browser: bool) -> None:
    """Serves the desk until it is interrupted.

    Args:
        batch: opened so that it may make things.
        tell: given the link, which is the only way in.
        with_browser: whether a browser is opened; the link is not on its command line, which others may read.
    """
    import uvicorn

    desk = Desk(batch)
    token = secrets.token_urlsafe(32)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = Gate(make_app(desk), token, port)
        # What the server would log of an error is its traceback, in which names may stand: `bugs` tells of it instead.
        quiet: dict[str, Any] = {"log_config": None, "log_level": "critical", "access_log": False}
        settings = uvicorn.Config(app, lifespan="off", server_header=False, timeout_graceful_shutdown=1, **quiet)
        link = f"http://127.0.0.1:{port}/?token={token}"
        tell(link)
        if with_browser:
            webbrowser.open(_door(desk.room, link).as_uri())
        with suppress(KeyboardInterrupt):  # that is how a person ends it
            uvicorn.Server(settings).run(sockets=[listener])


def _door(folder: Path, link: str) -> Path:
    """A file that only this user can read and that leads to the link."""
    path = folder / "open.html"
    write_durably(path, _DOOR.format(link=link).encode())
    path.chmod(0o600)
    return path
