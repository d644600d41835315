from __future__ import annotations

import os
from pathlib import Path

import pytest

from crm_cli.index import batches as batches_module
from crm_cli.index import reading
from crm_cli.index.batches import batches
from crm_cli.index.reading import Batch
from crm_cli.model.business import Business
from crm_cli.store.tree import Folder
from tests.index.directories import ANA, write

BUSINESS = Business(country="SI", zone="Europe/Ljubljana")


def directory(tmp_path: Path, count: int = 260) -> tuple[Folder, list[tuple[int, str]]]:
    files = {f"customers/c{n}.yaml": ANA.replace("Ana", f"Ana {n}") for n in range(count)}
    files["customers/broken.yaml"] = "name: [\n"
    write(tmp_path, files)
    return Folder(tmp_path), list(enumerate([*files, "customers/gone.yaml"], 1))


def merged(found: list[Batch]) -> tuple[object, ...]:
    rows = sorted(
        (shape, row)
        for batch in found
        for shape, rows in batch.tables.items()
        for row in map(repr, rows)
    )
    problems = sorted(problem for batch in found for problem in batch.problems)
    files = sorted(file for batch in found for file in batch.files)
    return rows, problems, files, sum(batch.asked for batch in found)


def test_several_processes_say_what_one_says(tmp_path: Path) -> None:
    tree, files = directory(tmp_path)
    one = merged(list(batches(tree, BUSINESS, files, workers=0)))
    assert merged(list(batches(tree, BUSINESS, files, workers=2))) == one
    assert one[3] == len(files)


def test_what_a_dead_worker_leaves_is_done_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree, files = directory(tmp_path)
    one = merged(list(batches(tree, BUSINESS, files, workers=0)))
    here = os.getpid()
    batch = reading.FileReader.batch

    def dying(self: reading.FileReader, wanted: list[tuple[int, str]]) -> Batch:
        if os.getpid() != here and wanted[0][0] > 100:
            os._exit(9)
        return batch(self, wanted)

    monkeypatch.setattr(reading.FileReader, "batch", dying)
    assert merged(list(batches(tree, BUSINESS, files, workers=2))) == one


def test_where_no_process_can_be_started_this_one_does_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import multiprocessing

    tree, files = directory(tmp_path, 20)
    one = merged(list(batches(tree, BUSINESS, files, workers=0)))

    def refuse(self: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(multiprocessing.Process, "start", refuse)
    monkeypatch.setattr(multiprocessing.get_context("fork").Process, "start", refuse, raising=False)
    assert merged(list(batches(tree, BUSINESS, files, workers=2))) == one


def test_a_fault_in_a_worker_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, files = directory(tmp_path, 20)

    def fail(self: object, wanted: object) -> Batch:
        raise ZeroDivisionError("why")

    monkeypatch.setattr(reading.FileReader, "batch", fail)
    monkeypatch.setattr(batches_module, "CHUNK", 5)
    with pytest.raises(RuntimeError, match="ZeroDivisionError: why"):
        list(batches(tree, BUSINESS, files, workers=2))


def test_leaving_early_ends_the_workers(tmp_path: Path) -> None:
    import multiprocessing

    tree, files = directory(tmp_path)
    found = batches(tree, BUSINESS, files, workers=2)
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []
