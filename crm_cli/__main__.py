"""The program: `crm …`, or `python -m crm_cli …`."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command of this process's arguments; returns its exit code."""
    # A run is short and leaves little garbage: looking for it often takes a tenth of its time.
    gc.set_threshold(50_000, 20, 50)
    from crm_cli.cli.hook import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
