"""Measure the fetching of mail, from an mbox file and from a Maildir.

    python bench/mails.py [--count 10000] [--customers 1000] [--folder build/bench-mail]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.mails import OUR_ADDRESS, address_of, archive, mbox  # noqa: E402


def make(folder: Path, customers: int) -> Path:
    """A directory of those who write."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "customers").mkdir(parents=True)
    (folder / "crm.yaml").write_text(
        f"business:\n  name: Lan\n  emails: [{OUR_ADDRESS}]\ncurrency: EUR\n", encoding="utf-8"
    )
    for number in range(customers):
        (folder / f"customers/kupec-{number}.yaml").write_text(
            f"name: Kupec {number}\nemails:\n  - {address_of(number)}\n", encoding="utf-8"
        )
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench-mail")
    asked = parser.parse_args()
    folder: Path = asked.folder.resolve()
    mails = [one.data for one in archive(asked.count, customers=asked.customers)]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("CRM_")}
    environ |= {"CRM_CACHE_DIR": str(folder / "cache"), "CRM_STATE_DIR": str(folder / "state"),
                "PYTHONPATH": str(ROOT)}  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "box").write_bytes(mbox(mails))
    shutil.rmtree(folder / "Maildir", ignore_errors=True)
    for name in ("cur", "new"):
        (folder / "Maildir" / name).mkdir(parents=True)
    for number, data in enumerate(mails):
        (folder / "Maildir/new" / f"{number}.x.lan").write_bytes(data)
    for box in ("box", "Maildir"):
        data = make(folder / "crm", asked.customers)
        shutil.rmtree(folder / "cache", ignore_errors=True)
        for what in ("new", "again"):
            words = [sys.executable, "-m", "crm_cli", "-C", str(data), "mail", "fetch"]
            began = time.monotonic()
            done = subprocess.run(
                [*words, str(folder / box)], env=environ, check=True, capture_output=True, text=True
            )
            seconds = time.monotonic() - began
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            said = done.stdout.strip() or "nothing new"
            line = f"| {len(mails):,} mails, {box}, {what} | {seconds:.1f} s | {peak} MB | {said} |"
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
