"""Libraries that not everybody needs: an extra of the package installs each."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from crm_cli.model.errors import UsageError

PACKAGE = "crm-plaintext"


def library(module: str, extra: str, *, needs: str) -> Any:
    """The module of an optional library; `needs` is what needs it.

    Raises UsageError with how to install it where it is missing.
    """
    try:
        return import_module(module)
    except ImportError:
        name = module.partition(".")[0]
        raise UsageError(
            f"{needs} needs {name}, which is not installed",
            f"pip install '{PACKAGE}[{extra}]', or pipx inject {PACKAGE} {name}",
        ) from None
