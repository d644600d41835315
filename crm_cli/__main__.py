"""The program: `crm …`, or `python -m crm_cli …`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command of this process's arguments; returns its exit code, or ends with it."""
    # A run is short and leaves little garbage: looking for it often takes a tenth of its time.
    gc.set_threshold(200_000, 20, 50)
    from crm_cli.finder import install

    install()
    from crm_cli.cli.hook import main as run

    code = run(sys.argv[1:])
    # All is written and closed by now. Taking the interpreter apart, object by object, would
    # take a tenth of a run; only who watches it, and processes of its own, need that.
    if os.environ.get("CRM_DEBUG") or "multiprocessing" in sys.modules:
        return code
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
