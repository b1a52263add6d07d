"""Weights are fetched from a real server on this machine: broken connections, wrong bytes, no such file."""

from __future__ import annotations

import hashlib
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline import weights
from pipeline.download import CHUNK_BYTES
from pipeline.errors import ConfigError, SpaceError, ToolError
from pipeline.language.telling import unnamed

DATA = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(DATA).hexdigest()
BREAK_AT = 4 * CHUNK_BYTES


class Server(ThreadingHTTPServer):
    """Serves `DATA` under every path; `asked` lists the ranges that were asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.breaks = 0
        self.knows_ranges = True

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.headers.get("Range", ""))
        if self.path == "/gone":
            self.send_error(404)
            return
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://models.example/file")
            self.end_headers()
            return
        body = DATA + b"more" if self.path == "/longer" else DATA[::-1] if self.path == "/other" else DATA
        start = 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted and self.server.knows_ranges:
            start = int(wanted[1])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        if self.server.breaks > 0:
            self.server.breaks -= 1
            self.wfile.write(body[start : start + BREAK_AT])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.wfile.write(body[start:])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield one
        one.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLINICREEL_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def catalogue(url: str, size_bytes: int = len(DATA)) -> weights.Catalogue:
    twin = {"file": "twin.bin", "sha256": hashlib.sha256(b"twin").hexdigest(), "size_bytes": 4, "licence": "MIT"}
    return {
        "toy": weights.Weights.model_validate(
            {
                "file": "toy.bin",
                "url": url,
                "sha256": SHA256,
                "size_bytes": size_bytes,
                "licence": "MIT",
                "what": "a toy",
                "instead": [twin],
            }
        )
    }


def fetch(url: str) -> list[int]:
    """Fetches the toy and returns the progress that was told."""
    told: list[int] = []
    weights.fetch(["toy"], lambda name, done, total: told.append(done), catalogue(url))
    return told


def test_a_model_is_fetched_with_its_progress(server: Server, models: Path) -> None:
    told = fetch(server.url("toy"))
    assert (models / "toy.bin").read_bytes() == DATA
    assert told[0] == 0
    assert told == sorted(told)
    assert told[-1] == len(DATA)
    assert [path.name for path in models.iterdir()] == ["toy.bin"]


def test_a_broken_connection_is_taken_up_where_it_stopped(server: Server, models: Path) -> None:
    server.breaks = 2
    fetch(server.url("toy"))
    assert (models / "toy.bin").read_bytes() == DATA
    assert server.asked == ["", f"bytes={BREAK_AT}-", f"bytes={2 * BREAK_AT}-"]


def test_a_later_command_goes_on_from_the_part_that_is_there(server: Server, models: Path) -> None:
    models.mkdir()
    (models / "toy.bin.part").write_bytes(DATA[:1000])
    fetch(server.url("toy"))
    assert (models / "toy.bin").read_bytes() == DATA
    assert server.asked == ["bytes=1000-"]


def test_a_server_that_knows_no_ranges_is_asked_for_the_whole_file(server: Server, models: Path) -> None:
    models.mkdir()
    (models / "toy.bin.part").write_bytes(b"x" * 1000)
    server.knows_ranges = False
    fetch(server.url("toy"))
    assert (models / "toy.bin").read_bytes() == DATA


@pytest.mark.parametrize("path", ["other", "longer"])
def test_wrong_bytes_are_refused_and_nothing_of_them_is_kept(server: Server, models: Path, path: str) -> None:
    with pytest.raises(ToolError, match="published file"):
        fetch(server.url(path))
    kept = {file.name: file.stat().st_size for file in models.iterdir()}
    assert kept in ({}, {"toy.bin.part": 0})


def test_a_file_that_is_not_there_is_told_with_its_status(server: Server) -> None:
    with pytest.raises(ToolError, match="404 Not Found"):
        fetch(server.url("gone"))


def test_no_network_is_told_with_the_command_to_repeat(models: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ToolError, match="no connection") as caught:
        fetch(f"http://127.0.0.1:{port}/toy")
    assert "run the same command again" in caught.value.remedy


def test_only_https_is_fetched_and_a_redirect_cannot_change_that(server: Server) -> None:
    with pytest.raises(ToolError, match="only https"):
        fetch("http://models.example/toy")
    with pytest.raises(ToolError, match="only https"):
        fetch(server.url("elsewhere"))


def test_a_full_disk_stops_before_the_download(server: Server) -> None:
    with pytest.raises(SpaceError, match="are free"):
        weights.fetch(["toy"], lambda *told: None, catalogue(server.url("toy"), size_bytes=1 << 60))
    assert server.asked == []


def test_a_model_that_is_there_is_not_fetched_again(server: Server) -> None:
    fetch(server.url("toy"))
    assert fetch(server.url("toy")) == [len(DATA)]
    assert len(server.asked) == 1


def test_a_damaged_model_is_not_used_and_is_fetched_anew(server: Server, models: Path) -> None:
    known = catalogue(server.url("toy"))
    models.mkdir()
    (models / "toy.bin").write_bytes(DATA[::-1])
    with pytest.raises(ToolError, match="not the file that was published"):
        weights.find("toy", known)
    fetch(server.url("toy"))
    assert weights.find("toy", known).read_bytes() == DATA
    assert weights.digest("toy", known) == SHA256


def test_a_missing_model_names_the_command_that_fetches_it() -> None:
    with pytest.raises(ToolError) as caught:
        weights.find("small")
    assert caught.value.remedy == "clinicreel models fetch small"


def test_a_file_as_good_as_the_published_one_is_used(models: Path) -> None:
    known = catalogue("https://models.example/toy")
    models.mkdir()
    (models / "twin.bin").write_bytes(b"twin")
    assert weights.find("toy", known).name == "twin.bin"
    assert weights.digest("toy", known) == hashlib.sha256(b"twin").hexdigest()
    assert [entry.is_there for entry in weights.listing(known)] == [True]


def test_a_file_of_ones_own_is_found_by_its_name_in_the_models_folder(models: Path) -> None:
    models.mkdir()
    (models / "own.pt").write_bytes(b"own")
    assert weights.find("own.pt") == models / "own.pt"
    assert weights.digest("own.pt") == hashlib.sha256(b"own").hexdigest()
    with pytest.raises(ConfigError, match="neither a known name nor a file"):
        weights.find("../own.pt")


def test_the_catalogue_names_https_files_and_hashes_that_openai_published() -> None:
    import whisper

    known = weights.catalogue()
    assert {"small", "large-v3", "yunet"} <= known.keys()
    for name, one in known.items():
        assert one.url.startswith("https://")
        if name in whisper._MODELS:
            assert one.url == whisper._MODELS[name]
            assert one.sha256 in one.url


def test_weights_of_a_package_are_found_without_importing_it_and_all_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "brings_weights"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('it no longer imports')\n", "utf-8")
    (package / "models" / "net.onnx").write_bytes(b"weights")
    monkeypatch.syspath_prepend(tmp_path)
    assert weights.in_package("brings_weights", "models/net.onnx") == (package / "models" / "net.onnx",)
    assert weights.in_package("brings_weights", "models/net.onnx", "models/other.onnx") == ()
    assert weights.in_package("not_installed_at_all", "models/net.onnx") == ()


def test_a_models_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for folder in ("/proc/models", str(tmp_path / "file" / "models")):
        monkeypatch.setenv("CLINICREEL_MODELS", folder)
        with pytest.raises(ToolError, match=f"{folder}: cannot be used: ") as caught:
            fetch("https://models.example/toy")
        assert caught.value.remedy == "set CLINICREEL_MODELS to another folder"


def test_sizes_are_told_in_words_that_are_nobodys_number(
    server: Server, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=13_912_345_678))
        with pytest.raises(SpaceError) as full:
            weights.fetch(["toy"], lambda *told: None, catalogue(server.url("toy"), size_bytes=3_087_371_615_000))
    assert unnamed(str(full.value)).startswith("toy.bin needs 3.1 TB, 13.9 GB are free")
    models.mkdir(exist_ok=True)
    (models / "toy.bin.part").write_bytes(DATA[:300_000])
    with pytest.raises(ToolError) as broken:
        fetch("http://127.0.0.1:1/toy")
    assert "; the 300.0 kB that came are kept" in unnamed(str(broken.value))
