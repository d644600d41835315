"""The same data for other programs of the command line, and what they are asked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from generate import TODAY, records


class Question(NamedTuple):
    """What another program is asked on the same data."""

    name: str
    command: list[str]


def questions(folder: Path, count: int) -> Iterator[Question]:
    """One for each program that is installed; its data is made on first use in `folder`."""
    for program, prepare in _PROGRAMS.items():
        found = shutil.which(program)
        if found:
            place = folder / f"{program}-{count}"
            yield prepare(found, place, count)


def _value(text: str, key: str) -> str:
    match = re.search(rf"^(?:  - | +){key}: (.*)$|^{key}: (.*)$", text, re.MULTILINE)
    return (match[1] or match[2]).strip('"') if match else ""


def _email(text: str) -> str:
    match = re.search(r"^emails:\n  - (.*)$", text, re.MULTILINE)
    return match[1] if match else ""


def _parts(text: str, key: str) -> list[str]:
    """The items of a list, each as its lines."""
    match = re.search(rf"^{key}:\n((?:  .*\n)*)", text, re.MULTILINE)
    return re.split(r"^  - ", match[1], flags=re.MULTILINE)[1:] if match else []


def _task(program: str, place: Path, count: int) -> Question:
    if not place.exists():
        place.mkdir(parents=True)
        tasks = []
        for identity, text in records(count):
            for part in _parts(text, "tasks"):
                due = _value(part, "due").replace("-", "") + "T120000Z"
                task = {
                    "description": _value(part, "title"),
                    "project": identity,
                    "due": due,
                    "entry": "20240101T000000Z",
                    "status": "completed" if "status:" in part else "pending",
                }
                tasks.append(task | ({"end": due} if "status:" in part else {}))
        listed = place / "tasks.json"
        listed.write_text(json.dumps(tasks), encoding="utf-8")
        (place / "taskrc").write_text(f"data.location={place}\nconfirmation=off\n")
        subprocess.run(
            [program, f"rc:{place / 'taskrc'}", "import", str(listed)],
            check=True,
            capture_output=True,
        )
    command = [program, f"rc:{place / 'taskrc'}", "rc.verbose=nothing", "rc.gc=off"]
    return Question("taskwarrior: what is overdue", [*command, f"due.before:{TODAY}", "minimal"])


def _recsel(program: str, place: Path, count: int) -> Question:
    if not place.exists():
        place.mkdir(parents=True)
        with (place / "customers.rec").open("w", encoding="utf-8") as file:
            file.write("%rec: Customer\n\n")
            for identity, text in records(count):
                file.write(
                    f"Id: {identity}\nName: {_value(text, 'name')}\nEmail: {_email(text)}\n"
                    f"City: {_value(text, 'city')}\nOwner: {_value(text, 'owner')}\n"
                )
                for part in _parts(text, "tasks"):
                    if "status:" not in part:
                        file.write(f"Due: {_value(part, 'due')}\n")
                file.write("\n")
    condition = ["-e", 'City = "Koper"', "-p", "Id,Name"]
    return Question(
        "recsel: a city", [program, "-t", "Customer", *condition, str(place / "customers.rec")]
    )


def _hledger(program: str, place: Path, count: int) -> Question:
    if not place.exists():
        place.mkdir(parents=True)
        with (place / "sales.journal").open("w", encoding="utf-8") as file:
            for identity, text in records(count):
                for part in _parts(text, "purchases"):
                    file.write(f"{_value(part, 'date')} {identity}\n")
                    for line in re.split(r"- product: ", part)[1:]:
                        sku = line.split("\n", 1)[0]
                        amount = f"{_value(line, 'quantity')} @ {_value(line, 'unit_price')} EUR"
                        number, price = amount.split(" @ ")
                        file.write(f'    income:{sku}  {number} "{sku}" @ {price}\n')
                    file.write(f"    assets:{identity}\n\n")
    journal = str(place / "sales.journal")
    return Question(
        "hledger: sums of accounts", [program, "-f", journal, "balance", "--depth", "1"]
    )


def _khard(program: str, place: Path, count: int) -> Question:
    if not place.exists():
        book = place / "book"
        book.mkdir(parents=True)
        for identity, text in records(count):
            name = _value(text, "name")
            given, _, family = name.partition(" ")
            card = (
                "BEGIN:VCARD\nVERSION:3.0\n"
                f"UID:{identity}\nFN:{name}\nN:{family};{given};;;\nEMAIL:{_email(text)}\n"
                f"TEL;TYPE=cell:{_value(text, 'value')}\nEND:VCARD\n"
            )
            (book / f"{identity}.vcf").write_text(card, encoding="utf-8")
        (place / "khard.conf").write_text(f"[addressbooks]\n[[book]]\npath = {book}\n")
    return Question("khard: a name", [program, "-c", str(place / "khard.conf"), "list", "Größler"])


_PROGRAMS = {"task": _task, "recsel": _recsel, "hledger": _hledger, "khard": _khard}
