"""Promise 6: deleting the index changes no answer, whatever happened to the files meanwhile."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.index.directories import ANA, KAVA, SETTINGS, opened, said, write
from tests.shares import ALL

TEXTS = st.sampled_from(
    [
        ANA,
        KAVA,
        ANA.replace("40", "41"),
        "name: Ana\n",
        "name: Eva\n",
        "name: [\n",
        "",
        "name: A\nreferred_by: a\ntags: x\n",
        "name: A\npurchases:\n  - {date: 2026-01-01, amount: 3 USD}\n",
    ]
)
PATHS = st.sampled_from([f"customers/{name}.yaml" for name in ("a", "b", "c/a", "Č d", "e")])


class Edits(RuleBasedStateMachine):
    """Edits of all kinds, by hand and by programs that set times back."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.root = write(self.folder / "data", {"crm.yaml": SETTINGS})
        self.cache = self.folder / "cache"
        (self.root / "customers").mkdir()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def files(self) -> list[Path]:
        return sorted(self.root.glob("customers/**/*.yaml"))

    @rule(path=PATHS, text=TEXTS)
    def write(self, path: str, text: str) -> None:
        write(self.root, {path: text})

    @rule(path=PATHS, text=TEXTS)
    def write_with_the_old_time(self, path: str, text: str) -> None:
        target = self.root / path
        before = target.stat().st_mtime_ns if target.exists() else 0
        write(self.root, {path: text})
        os.utime(target, ns=(before, before))

    @precondition(lambda self: self.files())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.files())).unlink()

    @precondition(lambda self: self.files())
    @rule(data=st.data(), path=PATHS)
    def rename(self, data: st.DataObject, path: str) -> None:
        source = data.draw(st.sampled_from(self.files()))
        (self.root / path).parent.mkdir(exist_ok=True)
        source.replace(self.root / path)

    @rule(currency=st.sampled_from(["EUR", "USD", "???"]))
    def set_currency(self, currency: str) -> None:
        write(self.root, {"crm.yaml": SETTINGS.replace("EUR", currency)})

    @rule(rate=st.sampled_from(["1.25", "2", "no"]))
    def set_rate(self, rate: str) -> None:
        write(self.root, {"rates.yaml": f"2025-01-01:\n  USD: {rate}\n"})

    @rule(name=st.sampled_from(["Beans", "Filter", "["]))
    def set_product(self, name: str) -> None:
        write(self.root, {"products.yaml": f"sku:\n  name: {name}\n"})

    @rule()
    def delete_the_cache(self) -> None:
        shutil.rmtree(self.cache, ignore_errors=True)

    @invariant()
    def warm_is_cold(self) -> None:
        with opened(self.root, self.cache) as warm, opened(self.root) as cold:
            assert warm.path is not None
            assert said(warm) == said(cold)
            assert warm.business == cold.business


TestEdits = pytest.mark.soak(Edits.TestCase)
TestEdits.settings = settings(
    max_examples=100 if ALL else 12, stateful_step_count=12, deadline=None
)
