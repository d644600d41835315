"""Calendars on the command line; and what khal and todoman read of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.conftest import Crm

FOREIGN = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//
BEGIN:VTODO
UID:a@x
SUMMARY:Order the thread
DUE;VALUE=DATE:20261130
URL:https://thread.example
END:VTODO
BEGIN:VTODO
UID:b@x
SUMMARY:Broken
DUE:tomorrow
END:VTODO
END:VCALENDAR
"""

Program = Callable[..., str]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Runs khal or todo on the folder `calendars/crm`, with a home of their own."""
    home = tmp_path / "their-home"
    folder = tmp_path / "calendars" / "crm"
    formats = "".join(
        f"{name} = {text}\n"
        for name, text in {
            "timeformat": "%H:%M",
            "dateformat": "%Y-%m-%d",
            "longdateformat": "%Y-%m-%d",
            "datetimeformat": "%Y-%m-%d %H:%M",
            "longdatetimeformat": "%Y-%m-%d %H:%M",
            "local_timezone": "Europe/Ljubljana",
            "default_timezone": "Europe/Ljubljana",
        }.items()
    )
    for path, text in {
        "khal/config": f"[calendars]\n[[crm]]\npath = {folder}\n[locale]\n{formats}"
        f"[sqlite]\npath = {home}/khal.db\n",
        "todoman/config.py": f'path = "{folder.parent}/*"\ndate_format = "%Y-%m-%d"\n'
        f'time_format = "%H:%M"\ndefault_list = "crm"\ncache_path = "{home}/todo.db"\n',
    }.items():
        made = home / ".config" / path
        made.parent.mkdir(parents=True)
        made.write_text(text, encoding="utf-8")

    def run(name: str, *words: str) -> str:
        done = subprocess.run(
            [Path(sys.executable).with_name(name), *words],
            env={
                **{key: value for key, value in os.environ.items() if key[:4] != "CRM_"},
                "HOME": str(home),
                "XDG_CONFIG_HOME": str(home / ".config"),
                "XDG_DATA_HOME": str(home / "data"),
                "XDG_CACHE_HOME": str(home / "cache"),
                "TZ": "Europe/Ljubljana",
                "LC_ALL": "C.UTF-8",
            },
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def folder(tmp_path: Path, shop: Path) -> Path:
    path = shop / "customers" / "maja-kos.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "\ntasks:\n",
        "  - id: i-5pppppp\n    at: 2026-11-25T14:00+01:00\n    kind: meeting\n"
        "    status: planned\n    duration: 90min\n    subject: Measure the flat\n"
        "    touchpoint: Koper, Cesta 1\n\n"
        "tasks:\n  - id: t-9rrrrr1\n    title: Water the plants\n"
        "    due: 2026-11-23T08:30+01:00\n    rrule: FREQ=WEEKLY;COUNT=3\n    priority: high\n",
        1,
    )
    path.write_text(
        text.replace("kind: person\n", "kind: person\nbirth_date: 1984-02-29\n", 1)
        + "anniversaries:\n  - {kind: custom, label: Opened the flat, date: --11-27}\n",
        encoding="utf-8",
    )
    return tmp_path / "calendars" / "crm"  # made by the first export


def test_todoman_reads_the_tasks_and_brings_back_what_it_completes(
    crm: Crm, folder: Path, program: Program
) -> None:
    assert crm("export", "calendar", "--vdir", folder).code == 0
    listed = json.loads(program("todo", "--porcelain", "list"))
    by_title = {todo["summary"]: todo for todo in listed}
    assert set(by_title) == {
        "Send the samples", "Water the plants", "Call about the towels", "Renew the contract",
        "Write to him",
    }  # fmt: skip
    plants = by_title["Water the plants"]
    assert (plants["priority"], plants["recurring"]) == (3, True)
    assert by_title["Call about the towels"]["categories"] == ["call"]
    assert "Maja Kos (maja-kos), +386 41 222 333" in plants["description"]

    program("todo", "done", str(by_title["Send the samples"]["id"]), str(plants["id"]))
    run = crm("import", "calendar", folder, "--yes")
    assert run.code == 0, run
    shown = {
        task["id"]: task for task in json.loads(crm("show", "maja-kos", "--json").out)["tasks"]
    }
    assert shown["t-9f3kx7d"]["status"] == "completed"
    assert shown["t-9rrrrr1"]["due"] == "2026-11-30T08:30+01:00"
    assert shown["t-9rrrrr1"]["rrule"] == "FREQ=WEEKLY;COUNT=2"
    assert len(shown) == 3
    assert crm("export", "calendar", "--vdir", folder).code == 0
    assert "nothing changed" in crm("import", "calendar", folder, "--yes").err
    titles = [todo["summary"] for todo in json.loads(program("todo", "--porcelain", "list"))]
    assert sorted(titles) == [
        "Call about the towels", "Renew the contract", "Water the plants", "Write to him",
    ]  # fmt: skip


def test_khal_reads_meetings_birthdays_and_anniversaries(
    crm: Crm, folder: Path, program: Program
) -> None:
    assert crm("export", "calendar", "--vdir", folder).code == 0
    week = program("khal", "list", "--format", "{start}|{title}|{location}", "2026-11-24", "5d")
    assert "2026-11-25 14:00|Measure the flat|Koper, Cesta 1" in week
    assert "2026-11-27|Opened the flat: Maja Kos" in week
    winter = program("khal", "list", "--format", "{title}", "2027-02-25", "6d")
    assert winter.splitlines()[0].startswith("Sunday, 2027-02-28")
    assert "Birthday: Maja Kos" in winter
    leap = program("khal", "list", "--format", "{title}", "2028-02-25", "6d")
    assert leap.splitlines()[0].startswith("Tuesday, 2028-02-29")


def test_a_calendar_has_no_birthdays_of_the_dead(crm: Crm, folder: Path) -> None:
    assert "Birthday: Maja Kos" in crm("export", "calendar").out
    assert crm("set", "maja-kos", "anniversaries+={kind: death, date: 2026-10-01}").code == 0
    calendar = crm("export", "calendar").out
    assert "Birthday: Maja Kos" not in calendar
    assert "Opened the flat: Maja Kos" in calendar


def test_a_visit_says_where_they_live(crm: Crm, shop: Path, tmp_path: Path) -> None:
    (shop / "customers" / "vida.yaml").write_text(
        "name: Vida\nstreet: Lipova 3 (dvorisce)\ncity: Kranj\ninteractions:\n"
        "  - {at: 2026-12-03, kind: visit, status: planned, summary: Maintenance}\n"
        "  - {at: 2026-12-04, kind: call, status: planned, summary: About the pump}\n"
        "  - {at: 2026-12-05, kind: visit, status: planned, touchpoint: The shop}\n"
    )
    text = crm("export", "interactions", "customer:vida", "--format", "ics").out
    events = list(Calendar.from_ical(text).walk("VEVENT"))
    assert [str(one.get("LOCATION")) for one in events] == [
        "Lipova 3 (dvorisce), Kranj", "None", "The shop",
    ]  # fmt: skip
    calendar = tmp_path / "vida.ics"
    calendar.write_text(text)
    assert "nothing changed" in crm("import", "calendar", calendar, "--yes").err
    calendar.write_text(text.replace("LOCATION:Lipova 3", "LOCATION:Glavna 5"))
    assert crm("import", "calendar", calendar, "--yes").code == 0
    held = (shop / "customers" / "vida.yaml").read_text()
    assert held.count("touchpoint:") == 2 and "Glavna 5 (dvorisce), Kranj" in held


def test_the_library_takes_every_file(crm: Crm, folder: Path) -> None:
    for kind in ("tasks", "interactions", "anniversaries", "calendar"):
        run = crm("export", kind, "--format", "ics")
        assert run.code == 0
        assert run.err == ""
        calendar = Calendar.from_ical(run.out)
        assert calendar.walk("VCALENDAR")
        for part in calendar.walk():
            assert part.errors == []
            assert part.name in ("VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT") or (
                part.name == "VALARM" or ("UID" in part and "DTSTAMP" in part)
            )


def test_a_file_is_told_by_its_ending_and_comes_back_unchanged(
    crm: Crm, shop: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tasks.ics"
    assert crm("export", "tasks", "--to", path).err.endswith(f"written to {path}\n")
    assert path.read_bytes().startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    before = {one: one.read_bytes() for one in shop.rglob("*.yaml")}
    run = crm("import", "tasks", path)
    assert (run.code, run.out) == (0, "")
    assert run.err == (
        "tasks: 0 new, 0 changed, 6 unchanged, 0 entries rejected\nnothing changed\n"
    )
    other = path.rename(tmp_path / "tasks.txt")
    assert "6 unchanged" in crm("import", "calendar", other, "--format", "ics").err
    assert {one: one.read_bytes() for one in shop.rglob("*.yaml")} == before
    piped = crm("export", "tasks", "--to", "-", "--format", "ics")
    assert piped.out.startswith("BEGIN:VCALENDAR"), "a dash is stdout, not a file's name"
    monkeypatch.chdir(tmp_path)
    named = crm("export", "tasks", "--to", "./-", "--format", "ics")
    assert named.out == "" and Path("-").read_bytes().decode() == piped.out.replace(
        "\n", "\r\n"
    ).replace("\r\r", "\r")


def test_what_is_not_understood_is_told_by_entry_and_the_rest_is_read(
    crm: Crm, shop: Path, tmp_path: Path
) -> None:
    path = tmp_path / "team.ics"
    path.write_text(FOREIGN)
    run = crm("import", "tasks", path, "--who", "jan-vidmar", "--yes")
    assert run.code == 0
    assert "left out: URL\n" in run.err
    assert f"{path}:13:1: warning: DUE: 'tomorrow' is no date" in run.err
    assert run.out == "imported 1 entry  (customers/jan-vidmar.yaml)\n"
    rejects = tmp_path / "team.rejects.ics"
    text = rejects.read_text()
    assert "X-REJECTED:DUE: 'tomorrow' is no date" in text
    run = crm("import", "tasks", rejects, "--who", "jan-vidmar", "--yes")
    assert run.code == 4
    assert "1 entry is rejected; nothing was imported" in run.err
    rejects.write_text(text.replace("DUE:tomorrow", "DUE:20261201"))
    run = crm("import", "tasks", rejects, "--who", "jan-vidmar", "--yes")
    assert "tasks: 1 new" in run.err
    assert "uid: b@x" in (shop / "customers" / "jan-vidmar.yaml").read_text()


def test_of_two_revisions_of_an_entry_the_later_is_meant(
    crm: Crm, shop: Path, tmp_path: Path
) -> None:
    one = "BEGIN:VTODO\nUID:a@x\nSUMMARY:{}\nSEQUENCE:{}\nEND:VTODO\n"
    path = tmp_path / "a.ics"
    path.write_text(
        "BEGIN:VCALENDAR\n"
        f"{one.format('Second', 2)}{one.format('Tenth', 10)}{one.format('First', 1)}"
        "END:VCALENDAR\n"
    )
    run = crm("import", "tasks", path, "--who", "jan-vidmar", "--yes")
    assert run.err.startswith("tasks: 1 new, 0 changed, 0 unchanged, 0 entries rejected\n")
    assert "title: Tenth" in (shop / "customers" / "jan-vidmar.yaml").read_text()


def test_a_dry_run_shows_and_writes_nothing(crm: Crm, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.ics"
    path.write_text(FOREIGN.replace("DUE:tomorrow", "DUE:20261201T090000Z"))
    before = (shop / "customers" / "jan-vidmar.yaml").read_bytes()
    run = crm("import", "calendar", path, "--who", "jan-vidmar", "--dry-run")
    assert run.code == 0
    assert "+    title: Order the thread" in run.out
    assert "+    due: 2026-12-01T10:00+01:00" in run.out
    assert (shop / "customers" / "jan-vidmar.yaml").read_bytes() == before
    asked = crm("import", "calendar", path, "--who", "jan-vidmar")
    assert asked.code == 2
    assert "Import 2 entries?" in asked.err


def test_a_folder_that_was_changed_is_told_with_what_to_do(crm: Crm, folder: Path) -> None:
    assert crm("export", "tasks", "--vdir", folder).code == 0
    path = folder / "t-9f3kx7d@lan-doo.crm.ics"
    path.write_text(path.read_text().replace("SUMMARY:Send", "SUMMARY:Post"))
    crm("set", "t-9f3kx7d", "priority=high")
    run = crm("export", "tasks", "--vdir", folder)
    assert run.code == 5
    assert f"left alone: {path.name}: changed there" in run.err
    assert "crm import calendar" in run.err
    assert crm("import", "calendar", folder, "--yes").code == 0
    assert crm("export", "tasks", "--vdir", folder).code == 0
    text = path.read_text()
    assert "SUMMARY:Post the samples" in text
    assert "PRIORITY:3" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("export", "customers", "--format", "ics"), "customers cannot be exported as ics"),
        (("export", "calendar", "--format", "csv"), "calendar cannot be exported as csv"),
        (("export", "holidays"), "there are customers"),
        (("export", "tasks", "--vdir", "x", "--to", "y"), "--vdir and --to do not go together"),
        (("export", "products", "--vdir", "x"), "products cannot stand in a calendar"),
        (("export", "calendar", "ctiy:Koper"), "city"),
        (("import", "products", "x.ics"), "products cannot be imported from ics"),
        (("import", "tasks", "none.ics"), "cannot read none.ics"),
        (("import", "tasks", "none.ics", "--dates", "dmy"), "--dates is for tables"),
        (("import", "products", "none.csv", "--who", "x"), "--who is for what belongs"),
        (("import", "anniversaries", "x.csv"), "anniversaries cannot be imported from csv"),
    ],
)
def test_usage(crm: Crm, words: tuple[str, ...], message: str) -> None:
    run = crm(*words)
    assert run.code == 2
    assert message in run.err


def test_what_a_stranger_wrote_is_shown_harmless(crm: Crm, shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "evil.ics"
    evil = FOREIGN.replace("Order", "\x1b[31m=cmd()\u202e\x07Order").replace("tomorrow", "\x1b[0m")
    path.write_text(evil.replace("URL:", "\x1b]0;URL:"), encoding="utf-8")
    run = crm("import", "tasks", path, "--who", "jan-vidmar", "--yes", "--skip-bad")
    assert run.code in (0, 4)
    assert "\x1b" not in run.err + run.out
    path.write_text(FOREIGN.replace("Order", "\x1b[31m=cmd()\u202eOrder").replace("DUE:t", "X-A:t"))
    assert crm("import", "tasks", path, "--who", "jan-vidmar", "--yes").code == 0
    out = crm("export", "tasks", "customer:jan-vidmar", "--format", "ics").out
    assert "\x1b" not in out
    assert "\\x1b[31m=cmd()" in out.replace("\\\\", "\\")


def test_entries_keep_their_uids_when_the_business_is_renamed(crm: Crm, folder: Path) -> None:
    assert crm("export", "tasks", "--vdir", folder).code == 0
    names = sorted(path.name for path in folder.iterdir())
    assert crm("config", "set", "business.name=Volna d.o.o.").code == 0
    assert crm("config", "get", "uid").out == "lan-doo.crm\n"
    run = crm("export", "tasks", "--vdir", folder)
    assert run.code == 0, run
    assert sorted(path.name for path in folder.iterdir()) == names
    assert crm("config", "set", "business.name=Tretja d.o.o.").code == 0
    assert crm("config", "get", "uid").out == "lan-doo.crm\n"


def test_entries_keep_their_uids_when_the_name_is_changed_by_hand(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_DIR")
    root, folder = tmp_path / "new", tmp_path / "calendar"
    folder.mkdir()
    assert crm("init", root, "--name", "Kava d.o.o.", "--no-git").code == 0
    crm("-C", root, "add", "Ana Novak")
    crm("-C", root, "task", "add", "ana-novak", "Ring", "--due", "2026-11-27")
    export = ("-C", root, "export", "tasks", "--vdir", folder)
    assert crm(*export).code == 0
    (name,) = [path.name for path in folder.iterdir()]
    assert name.endswith("@kava-doo.crm.ics")
    settings = root / "crm.yaml"
    settings.write_text(settings.read_text().replace("Kava d.o.o.", "Volna d.o.o."))
    assert crm(*export).code == 0
    assert [path.name for path in folder.iterdir()] == [name]


def test_a_directory_without_a_uid_goes_by_its_name(crm: Crm) -> None:
    assert "@lan-doo.crm" in crm("export", "tasks", "--format", "ics").out
