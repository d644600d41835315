"""Files outside the data directory: new ones never replace what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_cli.model.errors import UsageError
from crm_cli.store import files, outside


def test_a_file_that_was_made_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    write_new = files.write_new

    def overtaken(place: str, data: bytes) -> None:
        write_new(place, data)
        path.write_text("theirs")

    monkeypatch.setattr(files, "write_new", overtaken)
    with pytest.raises(UsageError, match="exists"):
        outside.write(path, ["ours"])
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]
    assert path.read_text() == "theirs"
    path.unlink()
    monkeypatch.undo()
    outside.write(path, ["ours"])
    outside.write(path, ["ours again"], force=True)
    assert path.read_text() == "ours again"
