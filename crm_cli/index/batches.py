"""Many files to batches of rows, in this process or in several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crm_cli.index.reading import Batch, FileReader

if TYPE_CHECKING:
    from crm_cli.model.business import Business
    from crm_cli.store.tree import Tree

CHUNK = 100
"""Files in a batch."""

File = tuple[int, str]
"""(pk, path) of a customer's file."""


def batches(tree: Tree, business: Business, files: Sequence[File]) -> Iterator[Batch]:
    """The rows of all files, in no particular order."""
    reader = FileReader(tree, business)
    for start in range(0, len(files), CHUNK):
        yield reader.batch(files[start : start + CHUNK])
