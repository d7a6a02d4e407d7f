"""Pages from and tables to other filesystems: the same tables as on this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import DEFAULT, files, run_default
from conftest import PAGES as DEV

from pipeline import filesystems
from pipeline.config import ConfigError, load_config
from pipeline.job import run
from pipeline.records import TABLES
from pipeline.run import main

fsspec = pytest.importorskip("fsspec", reason="needs the extra remote: pip install '.[remote]'")
pytestmark = pytest.mark.remote
PAGES = DEV[:3]
SETTINGS = ("stages={news_sentences: {}, news_times: {}, news_quantities: {}}", "run.shard_characters=1000")


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> dict[str, bytes]:
    """Tables of a run over files of this machine, the sources apart."""
    folder = tmp_path_factory.mktemp("local")
    return files(run_default(folder / "out", *PAGES, overrides=SETTINGS).output)


def remote_run(pages: str, output: str, work: Path, *overrides: str) -> str:
    values = [f"input.paths=['{pages}']", f"output.directory='{output}'", f"output.work='{work}'"]
    result = run(load_config(DEFAULT, [*values, *SETTINGS, *overrides]))
    assert result.rows["pages"] == len(PAGES)
    assert result.rows["failures"] == 0
    return str(result.output)


def without_sources(tables: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in tables.items() if not name.startswith("pages/")}


def fetched(system, base: str) -> dict[str, bytes]:
    found = {path.partition(base.strip("/") + "/")[2]: system.cat_file(path) for path in sorted(system.find(base))}
    assert found.pop("run.json").startswith(b"{")
    return found


@pytest.fixture
def memory() -> Iterator[object]:
    system = fsspec.filesystem("memory")
    for path in PAGES:
        system.pipe_file(f"/pages/{path.name}", path.read_bytes())
    system.pipe_file("/pages/.hidden/x.txt", b"x")
    yield system
    system.rm("/", recursive=True)


@pytest.mark.parametrize("pages", ["memory://pages", "memory://pages/*.txt"])
def test_memory(memory, local, tmp_path, pages):
    memory.pipe_file("/tables/officials/part-00007.parquet", b"of an earlier run")
    assert remote_run(pages, "memory://tables", tmp_path) == "memory://tables"
    found = fetched(memory, "/tables")
    assert {name.split("/")[0] for name in found} == set(TABLES)
    assert without_sources(found) == without_sources(local)
    assert remote_run(pages, "memory://tables", tmp_path)  # nothing to do, the tables put there again
    assert fetched(memory, "/tables") == found


def test_the_urls_of_files_of_this_machine(local, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for path in PAGES:
        (folder / path.name).write_bytes(path.read_bytes())
    remote_run(f"file://{folder}", f"file://{tmp_path}/out", tmp_path / "work")
    assert without_sources(files(tmp_path / "out")) == without_sources(local)


def test_work_on_another_disk_than_the_tables(local, tmp_path):
    folder = tmp_path / "out"
    run_default(folder, *PAGES, overrides=(*SETTINGS, f"output.work='{tmp_path / 'work'}'"))
    assert files(folder) == local
    assert (tmp_path / "work" / "shards").exists()


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """An S3 server on this machine with the pages in its bucket `press`; the query that leads to it."""
    server = pytest.importorskip("moto.server", reason="needs moto[server]").ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    query = f"?scheme=http&endpoint_override={host}:{port}&region=us-east-1&allow_bucket_creation=true"
    patch = pytest.MonkeyPatch()
    patch.setenv("AWS_ACCESS_KEY_ID", "testing")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    from pyarrow.fs import FileSystem

    system = FileSystem.from_uri(f"s3://press{query}")[0]
    system.create_dir("press")
    for path in PAGES:
        with system.open_output_stream(f"press/pages/{path.name}") as file:
            file.write(path.read_bytes())
    yield query
    patch.undo()
    server.stop()


@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_s3(s3, local, tmp_path, engine):
    from pyarrow.fs import FileSelector, FileSystem

    remote_run(f"s3://press/pages{s3}", f"s3://press/{engine}{s3}", tmp_path, f"run.engine={engine}", "run.workers=2")
    system = FileSystem.from_uri(f"s3://press{s3}")[0]
    found = {
        info.path.partition(f"press/{engine}/")[2]: system.open_input_file(info.path).read()
        for info in system.get_file_info(FileSelector(f"press/{engine}", recursive=True))
        if info.is_file
    }
    assert found.pop("run.json").startswith(b"{")
    assert without_sources(found) == without_sources(local)


def test_what_cannot_be_reached_is_named_before_any_work(tmp_path, capsys):
    def refused(*words: str) -> str:
        assert main([str(DEFAULT), "--quiet", *words]) == 2
        return capsys.readouterr().err

    assert "output.work" in refused("--input", str(PAGES[0]), "--output", "memory://tables")
    assert "memory://nothing" in refused("--input", "memory://nothing", "--output", str(tmp_path / "out"))
    assert "nowhere://pages" in refused("--input", "nowhere://pages", "--output", str(tmp_path / "out"))


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    filesystems._filesystem.cache_clear()
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(ConfigError, match=r"pip install '\.\[remote\]'"):
        filesystems.Remote("memory://pages")
