"""A folder of calendar files, shared with telephones: nothing of either side is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crm_cli.features.exporting.folder import Folder
from crm_cli.features.exporting.vdir import export_folder
from crm_cli.features.importing.calendars import plan_calendar, read_calendar
from crm_cli.features.importing.entry_import import EntryImport
from crm_cli.model.errors import UsageError
from crm_cli.workspace import Workspace

Opened = Callable[..., Workspace]

MORE = """\
  - id: t-9rrrrr1
    title: Water the plants
    due: 2026-11-16
    rrule: FREQ=WEEKLY
"""


@pytest.fixture
def folder(tmp_path: Path, shop: Path) -> Path:
    path = shop / "customers" / "maja-kos.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("\npurchases:", MORE + "\npurchases:", 1)
    path.write_text(text.replace("kind: person\n", "kind: person\nbirth_date: --03-09\n", 1))
    return tmp_path / "calendar"


def out(
    workspace: Opened, folder: Path, kind: str = "calendar", *terms: str, force: bool = False
) -> Folder:
    return export_folder(workspace(), kind, folder, terms, force=force)


def counts(done: Folder) -> tuple[int, int, int, int]:
    """Written, unchanged, removed, left alone."""
    return done.written, done.unchanged, done.removed, len(done.kept)


def back(
    workspace: Opened, folder: Path, kind: str = "calendar", who: str | None = None
) -> EntryImport:
    opened = workspace()
    made = plan_calendar(opened, read_calendar(opened, kind, folder), who=who)
    if made.change.steps and not made.rejected:
        opened.write(made.change)
    return made


def edit(folder: Path, id: str, *pairs: tuple[str, str]) -> Path:
    path = folder / f"{id}@lan-doo.crm.ics"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8", newline="")
    return path


DONE = ("STATUS:NEEDS-ACTION", "STATUS:COMPLETED\nCOMPLETED:20261119T090000Z")


def test_a_file_for_each_entry_and_the_same_again_writes_nothing(
    workspace: Opened, folder: Path
) -> None:
    assert counts(out(workspace, folder)) == (6, 0, 0, 0)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in before)
    assert counts(out(workspace, folder)) == (0, 6, 0, 0)
    later = export_folder(workspace(today="2026-11-21"), "calendar", folder)
    assert counts(later) == (0, 6, 0, 0)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_what_is_no_longer_shown_is_removed_if_it_is_ours(
    workspace: Opened, folder: Path, crm: Callable[..., object]
) -> None:
    out(workspace, folder)
    (folder / "theirs.ics").write_text(THEIRS, encoding="utf-8")
    (folder / "notes.txt").write_text("mine")
    crm("task", "done", "t-9f3kx7d")
    assert counts(out(workspace, folder)) == (0, 5, 1, 0)
    assert counts(out(workspace, folder, "tasks", "is:open", "assignee:petra")) == (0, 2, 2, 0)
    names = {path.name for path in folder.iterdir()}
    assert {"theirs.ics", "notes.txt"} <= names
    assert any(name.startswith("b-") for name in names)  # another kind's


def test_what_a_broken_record_shows_stays_and_is_nobody_elses(
    workspace: Opened, folder: Path, shop: Path
) -> None:
    out(workspace, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    path = shop / "customers" / "maja-kos.yaml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + "  bad: [\n", encoding="utf-8")
    assert out(workspace, folder).removed == 0
    made = back(workspace, folder, who="ana-novak")
    assert {one.reason.partition(",")[0] for one in made.rejected} == {
        "customers/maja-kos.yaml cannot be read"
    }
    assert not made.change.steps
    path.write_text(whole, encoding="utf-8")
    out(workspace, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_task_that_is_done_on_the_telephone_is_done_here(workspace: Opened, folder: Path) -> None:
    out(workspace, folder)
    edit(folder, "t-9f3kx7d", DONE)
    made = back(workspace, folder)
    assert made.counts["tasks"] == {"changed": 1, "unchanged": 4}
    found = {task.id: task for task in workspace().record("maja-kos").items("tasks")}
    assert found["t-9f3kx7d"].values["status"] == "completed"
    assert back(workspace, folder).ids == ()
    assert counts(out(workspace, folder)) == (0, 5, 1, 0)


def test_what_was_changed_there_is_not_overwritten_unread(
    workspace: Opened, folder: Path, crm: Callable[..., object]
) -> None:
    out(workspace, folder)
    path = edit(folder, "t-9f3kx7d", ("VALUE=DATE:20261120", "VALUE=DATE:20261130"))
    before = path.read_bytes()
    crm("task", "start", "t-9f3kx7d")
    done = out(workspace, folder)
    assert done.kept == [(path.name, "changed there")]
    assert path.read_bytes() == before
    crm("task", "done", "t-9f3kx7d")
    assert out(workspace, folder).kept == [(path.name, "changed there")]  # nor removed
    crm("task", "start", "t-9f3kx7d")
    assert back(workspace, folder).rejected == ()
    found = {task.id: task for task in workspace().record("maja-kos").items("tasks")}
    assert found["t-9f3kx7d"].values["due"] == date(2026, 11, 30)
    assert found["t-9f3kx7d"].values["status"] == "in_progress"
    assert counts(out(workspace, folder)) == (1, 5, 0, 0)


def test_a_field_changed_on_both_sides_is_refused_with_both_readings(
    workspace: Opened, folder: Path, crm: Callable[..., object]
) -> None:
    out(workspace, folder)
    edit(folder, "t-9f3kx7d", ("VALUE=DATE:20261120", "VALUE=DATE:20261130"))
    crm("task", "snooze", "t-9f3kx7d", "2026-11-25")
    [refused] = back(workspace, folder).rejected
    assert refused.reason == (
        "t-9f3kx7d was changed on both sides: due is 2026-11-25 here and 2026-11-30 there "
        "(make one say what the other says)"
    )
    assert counts(out(workspace, folder, force=True)) == (1, 5, 0, 0)
    assert back(workspace, folder).ids == ()


def test_a_recurring_task_done_there_moves_on_once(workspace: Opened, folder: Path) -> None:
    out(workspace, folder)
    edit(folder, "t-9rrrrr1", DONE)
    assert back(workspace, folder).ids == ("t-9rrrrr1",)
    [task] = [one for one in workspace().record("maja-kos").items("tasks") if one.id[2:4] == "9r"]
    assert task.values["due"] == date(2026, 11, 23)
    assert task.get("status") == "open"
    assert [one.values["value"] for one in task.items("occurrences")] == [
        "2026-11-16 done 2026-11-19"
    ]
    assert back(workspace, folder).ids == ()
    assert counts(out(workspace, folder)) == (1, 5, 0, 0)
    assert back(workspace, folder).ids == ()


THEIRS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//phone//
BEGIN:VTODO
UID:9c1f0d1e-phone
DTSTAMP:20261119T080000Z
SUMMARY:Ring the plumber
DUE;VALUE=DATE:20261127
GEO:46.05;14.51
X-PHONE:kept
ORGANIZER;CN=Petra Zajc:mailto:petra@lan.example
ATTENDEE;CN=Hotel Breg:mailto:info@breg.example
ATTENDEE;CN=Somebody:mailto:some@body.example
BEGIN:VALARM
ACTION:AUDIO
TRIGGER:-PT10M
END:VALARM
END:VTODO
END:VCALENDAR
"""


def test_what_the_telephone_made_becomes_a_task_and_keeps_its_file(
    workspace: Opened, folder: Path
) -> None:
    out(workspace, folder)
    theirs = folder / "theirs.ics"
    theirs.write_text(THEIRS, encoding="utf-8")
    made = back(workspace, folder)
    assert made.counts["tasks"]["new"] == 1
    task = workspace().record("hotel-breg").items("tasks")[-1]
    assert task.values["title"] == "Ring the plumber"
    assert task.values["uid"] == "9c1f0d1e-phone"
    done = out(workspace, folder)
    assert counts(done) == (1, 6, 0, 0)
    text = theirs.read_text(encoding="utf-8")
    for line in ("GEO:46.05;14.51", "X-PHONE:kept", "TRIGGER:-PT10M", "UID:9c1f0d1e-phone"):
        assert f"{line}\n" in text
    assert text.count("ATTENDEE") == 2  # those that were there
    assert len(list(folder.glob("*.ics"))) == 7
    assert back(workspace, folder).ids == ()
    theirs.write_text(theirs.read_text().replace("20261127", "20261128"))
    assert back(workspace, folder).ids == (task.id,)
    assert counts(out(workspace, folder, "tasks", "is:open", "customer:maja-kos"))[2] == 3
    assert theirs.exists()  # hotel-breg's: not shown, but not ours to remove


@pytest.mark.parametrize("day", ["20261123", "20261126"])
def test_the_copy_that_a_program_makes_of_the_next_occurrence_is_the_same_task(
    workspace: Opened, folder: Path, day: str
) -> None:
    out(workspace, folder)
    path = edit(folder, "t-9rrrrr1")
    clone = path.read_text(encoding="utf-8").replace("20261116", day)
    clone = "".join(line for line in clone.splitlines(True) if "X-CRM" not in line[:5])
    (folder / "clone.ics").write_text(
        clone.replace("UID:t-9rrrrr1@lan-doo.crm", "UID:clone@host"), encoding="utf-8"
    )
    edit(folder, "t-9rrrrr1", DONE)
    back(workspace, folder)
    tasks = [one for one in workspace().record("maja-kos").items("tasks") if "rrule" in one.values]
    assert [(one.id, one.values["uid"]) for one in tasks] == [("t-9rrrrr1", "clone@host")]
    out(workspace, folder)
    assert not path.exists()
    assert (folder / "clone.ics").exists()
    assert back(workspace, folder).ids == ()


def test_an_entry_that_names_nobody_needs_to_be_told_whose_it_is(
    workspace: Opened, folder: Path
) -> None:
    folder.mkdir()
    bare = "".join(line for line in THEIRS.splitlines(True) if "ATTENDEE" not in line)
    (folder / "a.ics").write_text(bare, encoding="utf-8")
    [refused] = back(workspace, folder).rejected
    assert refused.reason == "it names no customer (name the customer with --who)"
    assert refused.file == str(folder / "a.ics")
    assert back(workspace, folder, who="jan-vidmar").counts["tasks"] == {"new": 1}
    assert back(workspace, folder).counts["tasks"] == {"unchanged": 1}


def test_whose_it_is_comes_from_addresses_then_from_whole_names_never_from_prefixes(
    workspace: Opened, folder: Path
) -> None:
    folder.mkdir()

    def reason(*lines: str) -> str:
        bare = [line for line in THEIRS.splitlines() if "ATTENDEE" not in line]
        (folder / "a.ics").write_text("\n".join([*bare[:6], *lines, *bare[6:]]), encoding="utf-8")
        found = back(workspace, folder)
        return found.rejected[0].reason if found.rejected else ""

    assert "names no customer" in reason("CONTACT:Maja")
    assert "names no customer" in reason("ATTENDEE;CN=Petra:mailto:petra@lan.example")
    assert reason(
        "ATTENDEE:mailto:info@breg.example", "ATTENDEE:mailto:maja@kos.example"
    ).startswith("could be hotel-breg or maja-kos")
    assert "there is no customer ghost" in reason("X-CRM-CUSTOMER:ghost")
    assert "names no customer" in reason("SUMMARY:About it @maja")
    assert reason("CONTACT:maja KOS") == ""
    assert workspace().record("maja-kos").items("tasks")[-1].title == "Ring the plumber"


def test_a_title_typed_on_a_telephone_may_name_the_customer(
    workspace: Opened, folder: Path
) -> None:
    folder.mkdir()
    bare = "".join(line for line in THEIRS.splitlines(True) if "ATTENDEE" not in line)
    (folder / "a.ics").write_text(bare.replace("plumber", "plumber @jan-vidmar"), encoding="utf-8")
    assert back(workspace, folder).counts["tasks"] == {"new": 1}
    assert workspace().record("jan-vidmar").items("tasks")[-1].title.startswith("Ring the plumber")
    assert back(workspace, folder).counts["tasks"] == {"unchanged": 1}


def test_birthdays_are_not_doubled_and_can_be_corrected(workspace: Opened, folder: Path) -> None:
    out(workspace, folder, "anniversaries")
    [path] = folder.glob("b-*.ics")
    assert back(workspace, folder).counts["birthday"] == {"unchanged": 1}
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(";X-APPLE-OMIT-YEAR=1604:16040309", ":19840310"))
    assert back(workspace, folder).counts["birthday"] == {"changed": 1}
    assert str(workspace().record("maja-kos").values["birth_date"]) == "1984-03-10"


def test_a_folder_within_the_records_is_refused(workspace: Opened, shop: Path) -> None:
    for path in (shop / "customers", shop / "customers" / "sub", shop, shop / ".crm" / "x"):
        with pytest.raises(UsageError, match="is where records lie"):
            out(workspace, path)
    (shop / "a-file").write_text("")
    with pytest.raises(UsageError, match="is no folder"):
        out(workspace, shop / "a-file")


def test_links_pipes_and_broken_files_are_left_alone(
    workspace: Opened, folder: Path, tmp_path: Path
) -> None:
    out(workspace, folder)
    secret = tmp_path / "secret.txt"
    secret.write_text("keep")
    (folder / "link.ics").symlink_to(secret)
    (folder / "broken.ics").write_text("BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\n")
    (folder / "junk.ics").write_bytes(b"\xff\xfe\x00")
    path = edit(folder, "t-9f3kx7d", ("SUMMARY:", "SUMMARY;=;"))
    done = out(workspace, folder)
    names = [name for name, _ in done.kept]
    assert {"link.ics", "broken.ics", "junk.ics", path.name} <= set(names)
    assert secret.read_text() == "keep"
    assert "SUMMARY;=;" in path.read_text()
    made = back(workspace, folder)
    assert len(made.rejected) == 4
