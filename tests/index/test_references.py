from __future__ import annotations

from pathlib import Path

from tests.index.directories import FILES, opened, write


def told(root: Path) -> list[tuple[str, str, str]]:
    return [(p.place, p.message, p.hint) for p in opened(root).dangling()]


def test_references_to_somebody_are_no_problem(tmp_path: Path) -> None:
    assert told(write(tmp_path)) == []


def test_a_reference_to_nobody_has_its_place_and_a_cure(tmp_path: Path) -> None:
    text = """\
name: B
referred_by: ana-sustr
relations:
  - kava-doo
  - to: nobody-at-all
purchases:
  - number: "1"
    date: 2026-01-01
    lines:
      - product: beans-1k
        unit_price: 1
payments:
  - {date: 2026-01-02, amount: 1, for: "1"}
  - {date: 2026-01-02, amount: 1, for: "2026-0042"}
"""
    root = write(tmp_path, {**FILES, "customers/b.yaml": text})
    assert told(root) == [
        ("customers/b.yaml:2:14", "referred_by: there is no customer ana-sustr",
         "did you mean ana-sustar?"),
        ("customers/b.yaml:5:9", "to: there is no customer nobody-at-all",
         "correct it, or add the customer"),
        ("customers/b.yaml:10:18", "product: there is no product beans-1k",
         "did you mean beans-1kg?"),
        ("customers/b.yaml:14:40", "for: there is no purchase 2026-0042",
         "it is a purchase of ana-sustar"),
    ]  # fmt: skip


def test_lists_of_ids_refer_too(tmp_path: Path) -> None:
    files = {
        **FILES,
        "segments.yaml": "few:\n  kind: static\n  members: [ana-sustar, gone]\n",
        "products.yaml": "beans-1kg:\n  complements: [filtr]\nfilter:\n",
    }
    assert [(place, message) for place, message, _ in told(write(tmp_path, files))] == [
        ("products.yaml:2:17", "complements: there is no product filtr"),
        ("segments.yaml:3:25", "members: there is no customer gone"),
    ]


def test_without_a_product_directory_no_product_is_missed(tmp_path: Path) -> None:
    files = {path: text for path, text in FILES.items() if path != "products.yaml"}
    assert told(write(tmp_path, files)) == []


def test_what_may_be_a_name_is_no_reference_to_nobody(tmp_path: Path) -> None:
    text = "name: B\ncontacts: [The Old Mill]\ntasks: [{title: T, campaign: c-1}]\n"
    assert told(write(tmp_path, {**FILES, "customers/b.yaml": text})) == []


def test_a_user_whom_nobody_named_is_a_warning(tmp_path: Path) -> None:
    """They may have left; without any user in the settings none is missed."""
    text = "name: B\nowner: petr\ntasks:\n  - {title: Call, assignee: marko}\n"
    settings = FILES["crm.yaml"] + "users:\n  petra: {name: Petra}\n"
    root = write(tmp_path, {**FILES, "crm.yaml": settings, "customers/b.yaml": text})
    assert [(p.place, p.code, p.severity, p.hint) for p in opened(root).dangling()] == [
        ("customers/b.yaml:2:8", "unknown-user", "warning", "did you mean petra?"),
        ("customers/b.yaml:4:29", "unknown-user", "warning",
         "crm config set users.marko.name=… adds them to crm.yaml"),
    ]  # fmt: skip
    settings = FILES["crm.yaml"] + "users:\n  petra: {email: petra@lan.example}\n"
    text = 'name: B\nowner: petra@lan.example\ntasks:\n  - {title: A, assignee: "a\\nb"}\n'
    mail = write(tmp_path / "mail", {**FILES, "crm.yaml": settings, "customers/b.yaml": text})
    assert [hint for _, _, hint in told(mail)][:1] == ["did you mean petra?"]
    assert len(told(mail)) == 2, "a name may be anything, of two lines too"
    nobody = write(tmp_path / "nobody", {**FILES, "customers/b.yaml": text})
    assert told(nobody) == []


def test_a_setting_that_names_no_segment_is_told(tmp_path: Path) -> None:
    """Else the promise that is made to that segment would be kept to nobody, without a word."""
    settings = FILES["crm.yaml"] + "service:\n  - {segment: '@vipp', respond: 2h}\n"
    files = {**FILES, "crm.yaml": settings, "segments.yaml": "vip: {query: +vip}\n"}
    assert [found[1:] for found in told(write(tmp_path, files))] == [
        ("segment: there is no segment vipp", "did you mean vip?")
    ]
    files["crm.yaml"] = settings.replace("vipp", "vip")
    assert told(write(tmp_path, files)) == []
