"""The desk's routes: HTTP in, one call, JSON out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import ValidationError

from pipeline.errors import ClinicReelError, ConfigError
from pipeline.evidence.approval import Unseen
from pipeline.language import turns
from pipeline.language.chinese import in_chinese
from pipeline.review import captions, showing
from pipeline.review.desk import Desk, NotYours
from pipeline.review.document import Changed
from pipeline.review.showing import Say
from pipeline.settings.corrections import ClipReview
from pipeline.terminal import bugs

PAGE = Path(__file__).parent / "page"
Text = Annotated[str, Body(max_length=200)]


def say(request: Request) -> Say:
    """Says a message in the language of the page that asks."""
    return in_chinese if request.headers.get("accept-language", "").startswith("zh") else str


Saying = Annotated[Say, Depends(say)]


def make_app(desk: Desk) -> FastAPI:
    """Everything that the page asks for. Behind a `Gate` only."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_exception_handler(ClinicReelError, _told)
    app.add_exception_handler(Exception, _fell)
    _reading(app, desk)
    _changing(app, desk)
    app.mount("/page", StaticFiles(directory=PAGE))
    return app


async def _told(request: Request, error: Exception) -> JSONResponse:
    """An expected failure, as the page shows it."""
    assert isinstance(error, ClinicReelError)
    why = {Changed: "changed", Unseen: "changed", NotYours: "not yours"}.get(type(error), "")
    status = 409 if why else 422
    said = say(request)
    return JSONResponse({"error": said(error.cause), "remedy": said(error.remedy), "why": why}, status)


async def _fell(request: Request, error: Exception) -> JSONResponse:
    """A bug, as the page shows it. Starlette raises it again behind this, for a server whose log is closed."""
    what, where = bugs.tell(error)
    said = say(request)
    return JSONResponse({"error": said(what), "remedy": said(where), "why": ""}, 500)


def _reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/")
    def page() -> FileResponse:
        return FileResponse(PAGE / "index.html")

    @app.get("/api/clips")
    def clips(said: Saying) -> dict[str, Any]:
        rows: list[dict[str, Any]] = []
        troubles = {}
        for case in desk.cases:
            try:
                view = desk.view(case)
            except ClinicReelError as error:
                troubles[case] = said(str(error))
                continue
            rows += showing.summary(case, view, desk.spent(case), said)
            if view.trouble:
                troubles[case] = said(view.trouble)
        rows.sort(key=lambda row: -row["urgency"])
        return {"clips": rows, "troubles": troubles, "channel": desk.batch.channel.name, "marks": captions.MARKS}

    @app.get("/api/clips/{case}/{number}")
    def clip(case: str, number: int, said: Saying) -> dict[str, Any]:
        view = desk.view(case)
        if number not in {one.number for one in view.whole}:
            raise ConfigError(view.trouble or f"{case} has no clip {number}")
        spent = desk.spent(case).get(str(number), 0.0)
        return showing.clip(case, number, view, desk.batch, desk.version(case), spent, said)

    @app.get("/api/heard/{case}")
    def heard(case: str, start: float, end: float) -> dict[str, str]:
        """The words as they were recognised, names and all: shown on the desk when a person asks, and nowhere else."""
        transcript = desk.view(case).transcript
        words = turns.in_turn(transcript.words) if transcript else ()
        return {"text": "".join(one.text for one in words if one.start_s < end and start < one.end_s).strip()}

    @app.get("/api/progress")
    def progress(said: Saying) -> dict[str, Any]:
        now = desk.progress
        return {**asdict(now), "trouble": said(now.trouble)}

    @app.get("/media/{case}/{number}/{name}")
    def media(case: str, number: int, name: str) -> FileResponse:
        """A file of the clip that may leave, or the copy of its master; ranges are answered."""
        return FileResponse(_file(desk, case, number, name))


def _file(desk: Desk, case: str, number: int, name: str) -> Path:
    built = desk.view(case).built.get(number)
    if built is not None and name == f"preview-{built.master.file.sha256}":
        return desk.previews.of(case, built.master)
    result = desk.view(case).results.get(number)
    files = {export.file.sha256: export.file.path for export in (built.exports if built else ())}
    for one in (built.result if built else None, result):
        for pack, folder in one.packs if one else ():
            files |= {file.sha256: folder / file.path.name for file in pack.files}
    if name not in files:
        raise ConfigError("this file is not there any more")
    return files[name]


def _changing(app: FastAPI, desk: Desk) -> None:
    @app.put("/api/clips/{case}/{number}")
    def save(
        case: str, number: int, edits: Annotated[dict[str, Any], Body()], version: Text, session: Text, name: Text
    ) -> dict[str, str]:
        try:
            checked = ClipReview.model_validate(edits)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            what = first["msg"].removeprefix("Value error, ")
            raise ConfigError(f"{'.'.join(map(str, first['loc']))}: {what}") from error
        return {"version": desk.save(case, number, checked, version, session, name)}

    @app.post("/api/here/{case}")
    def here(case: str, session: Text, name: Text, take: Annotated[bool, Body()] = False) -> dict[str, Any]:
        """The page is open; tells whose turn it is and whether anything changed."""
        holder = desk.claim(case, session, name, take=take)
        mine = holder.session == session
        return {"mine": mine, "holder": holder.name, "version": desk.version(case), "builds": desk.progress.count}

    @app.post("/api/leave/{case}")
    def leave(case: str, session: Annotated[str, Body(embed=True, max_length=200)]) -> dict[str, str]:
        """The page was closed."""
        desk.leave(case, session)
        return {"case": case}

    @app.post("/api/spent/{case}/{number}")
    def spent(case: str, number: int, seconds: Annotated[float, Body(embed=True)]) -> dict[str, float]:
        desk.folder(case)
        return {"seconds": desk.spend(case, number, seconds)}

    @app.post("/api/build/{case}")
    def build(case: str) -> dict[str, str]:
        desk.build(case)
        return {"case": case}

    @app.post("/api/approve/{case}/{number}")
    def approve(case: str, number: int, name: Annotated[str, Body(max_length=80)], subject: Text) -> dict[str, str]:
        """Approves what the page showed: `subject` is the one that the clip was sent with."""
        given = desk.approve(case, number, name, subject)
        return {"by": given.by, "at": given.at}
