"""The contract of kinds: every registered one goes through every trial, and a new one too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import crm_cli
from crm_cli.model.kind import Kind
from crm_cli.model.kinds import KINDS
from tests.conftest import Crm

pytest.register_assert_rewrite("tests.kinds.trials")
from tests.kinds.stage import Stage  # noqa: E402
from tests.kinds.trials import TRIALS, Trial  # noqa: E402


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: str(trial.__name__))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))
def test_kind(shop: Path, crm: Crm, kind: Kind, trial: Trial) -> None:
    trial(Stage(shop, crm, kind))


def test_a_new_kind_is_one_file_and_one_line(tmp_path: Path) -> None:
    """A copy of the package with the specimen in it goes through the same trials."""
    package = Path(crm_cli.__file__).parent
    if (package / "model" / "specimen.py").exists():
        pytest.skip("this is the copy")
    tests = Path(__file__).parents[1]
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, tmp_path / "crm_cli", ignore=ignored)
    shutil.copytree(tests / "kinds", tmp_path / "tests" / "kinds", ignore=ignored)
    shutil.copytree(tests.parent / "tools", tmp_path / "tools", ignore=ignored)
    for name in ("tests/conftest.py", "pyproject.toml"):
        shutil.copy(tests.parent / name, tmp_path / name)
    model = tmp_path / "crm_cli" / "model"
    shutil.copy(tests / "kinds" / "specimen.py", model)
    customer = model / "customer.py"
    customer.write_text(added(customer.read_text(encoding="utf-8")), encoding="utf-8")
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "specimen"]
    done = subprocess.run(
        [*run, "tests/kinds/test_contract.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def added(customer: str) -> str:
    """The text of customer.py with the kind imported, and its line among the fields."""
    line = '        Field("payments", ListOf(PAYMENT)'
    before, found, after = customer.partition(line)
    assert found, "customer.py has no line for payments"
    text = f'{before}        Field("specimens", ListOf(SPECIMEN), "what was lent"),\n{found}{after}'
    last = "from crm_cli.model.task import"
    return text.replace(last, f"from crm_cli.model.specimen import SPECIMEN\n{last}")
