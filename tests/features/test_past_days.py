"""`--as-of` a day, from git's history, against the naive engine on the files of that day."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import Crm, Git
from tests.query.conftest import TODAY
from tests.query.generated import PAYING, write
from tests.query.naive import Condition, Directory, balance, spend
from tests.query.test_second_engine import SIMPLE

STATES = st.lists(PAYING, min_size=2, max_size=3)
"""What the files say after each commit."""


def _commit(root: Path, customers: list[dict[str, Any]], day: date) -> None:
    """Have the files of a directory say something else from a day on."""
    for path in root.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    write(customers, root)
    at = f"{day}T10:00+01:00"
    said = ("-c", "user.name=P", "-c", "user.email=p@x.example", "commit", "-qm", "state")
    for words in (("add", "-A"), (*said, "--allow-empty", f"--date={at}")):
        environ = {"GIT_COMMITTER_DATE": at, "PATH": "/usr/bin:/bin:/usr/local/bin"}
        subprocess.run(["git", "-C", str(root), *words], check=True, env=environ)


def _answer(crm: Crm, root: Path, day: date, *words: str) -> Any:
    run = crm("-C", root, "list", *words, "--as-of", str(day), "--json")
    assert run.code in (0, 4), run.err
    return json.loads(run.out)


@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    states=STATES,
    conditions=st.lists(SIMPLE, min_size=1, max_size=2),
    back=st.integers(0, 89),
)
def test_as_of_a_day_is_what_its_files_said_by_its_clock(
    crm: Crm, git: Git, states: list[list[dict[str, Any]]], conditions: list[Condition], back: int
) -> None:
    with TemporaryDirectory() as folder:
        root, copies = Path(folder, "data"), Path(folder, "copies")
        root.mkdir()
        copies.mkdir()
        subprocess.run(["git", "init", "-q", str(root)], check=True)
        began = [TODAY - timedelta(days=90 - 30 * number) for number in range(len(states))]
        for number, (customers, day) in enumerate(zip(states, began, strict=True)):
            _commit(root, customers, day)
            copy = copies / str(number)
            copy.mkdir()
            write(customers, copy)
        assert crm("-C", root, "git", "setup", "--yes").code in (0, 4)
        day = TODAY - timedelta(days=back)
        last = max(place for place, begun in enumerate(began) if begun <= day)
        then = Directory(copies / str(last), day)
        found = _answer(crm, root, day, "--cols", "id,balance,spend", "--sort", "id")
        wanted = [(one["id"], balance(one, then), spend(one, then)) for one in then.customers]
        assert [
            (one["id"], None if one["balance"] is None else Decimal(one["balance"]),
             Decimal(one["spend"]))
            for one in found
        ] == wanted  # fmt: skip
        for condition in conditions:
            met = _answer(crm, root, day, "-w", condition.full(), "--cols", "id", "--sort", "id")
            assert [one["id"] for one in met] == then.met("customer", condition), condition.full()
