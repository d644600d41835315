"""Mails of strangers: read within bounds, whatever they hold."""

from __future__ import annotations

import random
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_cli.formats.mail.headers import ids, line, moment, parties
from crm_cli.formats.mail.html import text_of
from crm_cli.formats.mail.message import read_mail
from crm_cli.formats.mail.outlook import MAGIC, as_mail
from crm_cli.formats.mail.parts import PARTS
from crm_cli.model.errors import Unreadable, UsageError
from crm_cli.model.mail import LARGEST, Mail, Party
from crm_cli.model.text import visible
from tests.compound import msg
from tests.mails import mail, report

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=q\r\n\r\n"


def read(data: bytes, arrived: datetime | None = None) -> Mail:
    return read_mail(data, arrived=arrived, now=NOW)


def of(**headers: str) -> Mail:
    """A mail with these headers, `_` for `-`."""
    lines = {"From": "a@b.example", **{key.replace("_", "-"): v for key, v in headers.items()}}
    return read("".join(f"{key}: {value}\r\n" for key, value in lines.items()).encode() + b"\r\nx")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=?utf-8?q?a=0ABcc:_e@x.example?=", "a Bcc: e@x.example"),
        ("=?utf-8?b?YQpCY2M6IGVAeC5leGFtcGxl?=", "a Bcc: e@x.example"),
        ("=?utf-8?q?a=00b=0D=0Ac?=", "a b c"),
        ("=?utf-8?q?=C5=A0u?= =?utf-8?q?=C5=A1tar?=", "Šuštar"),
        ("=?nonsense?q?a=FFb?=", "aÿb"),
        ("=?idna?q?xn--a?=", "xn--a"),
        ("=?hex?q?6161?=", "6161"),
        ("=?utf-8?b?!!!?=", ""),
        ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        ("=?utf-8*sl?q?ja?=", "ja"),
        ("\x1b]0;pwn\x07\x9b31m", "]0;pwn 31m"),
        ("x" * 9000, "x" * 499 + "…"),
    ],
)
def test_a_header_is_one_line_whatever_it_decodes_to(value: str, shown: str) -> None:
    assert line(value) == shown
    assert of(Subject=value.replace("\x1b", "").replace("\n", "")).subject.count("\n") == 0


def test_bidi_controls_stay_in_the_file_and_are_shown_as_escapes() -> None:
    found = of(Subject="=?utf-8?q?=E2=80=AEfdp.exe?=")
    assert found.subject == "\u202efdp.exe"
    assert visible(found.subject) == r"\u202efdp.exe"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Ana <ana@b.example>", [("Ana", "ana@b.example")]),
        ("ANA@B.example (Ana)", [("Ana", "ana@b.example")]),
        ('"Novak, Ana" <ana@b.example>, bor@b.example',
         [("Novak, Ana", "ana@b.example"), ("", "bor@b.example")]),
        ("team: a@b.example, c@b.example;", [("", "a@b.example"), ("", "c@b.example")]),
        ('"a\\"b <x@y.example>" <ana@b.example>', [('a"b <x@y.example>', "ana@b.example")]),
        ("=?utf-8?q?x=40y=2Eexample=2C?= <ana@b.example>", [("x@y.example,", "ana@b.example")]),
        ("=?utf-8?q?evil=40b=2Eexample?=", []),
        ("a@[::1", []),
        ("<ana@b.example", [("", "ana@b.example")]),
        ("undisclosed-recipients:;", []),
        ("(" * 5000 + "ana@b.example", []),
        ("<" * 5000, []),
        (",".join(f"a{n}@b.example" for n in range(900)), None),
    ],
)  # fmt: skip
def test_addresses(value: str, found: list[tuple[str, str]] | None) -> None:
    listed = parties(value)
    if found is None:
        assert len(listed) == 200
    else:
        assert listed == tuple(Party(*one) for one in found)


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Thu, 19 Nov 2026 10:30:00 +0100", "2026-11-19T10:30:00+01:00"),
        ("Thu, 19 Nov 2026 10:30:00 -0000", "2026-11-19T10:30:00+00:00"),
        ("Fri, 20 Nov 2026 23:00:00 +0000", "2026-11-20T23:00:00+00:00"),  # within a day
        ("Wed, 01 Jan 1969 00:00:00 +0000", "2026-11-20T08:00:00+00:00"),
        ("Wed, 01 Jan 2099 00:00:00 +0000", "2026-11-20T08:00:00+00:00"),
        ("Wed, 01 Jan 99999 00:00:00 +0000", "2026-11-20T08:00:00+00:00"),
        ("yesterday", "2026-11-20T08:00:00+00:00"),
        ("", "2026-11-20T08:00:00+00:00"),
    ],
)
def test_a_date_that_cannot_be_is_that_of_arrival(date: str, at: str) -> None:
    found = of(Date=date, Received="from x by y; Fri, 20 Nov 2026 08:00:00 +0000")
    assert found.at.isoformat() == at
    assert bool(found.notes) == at.startswith("2026-11-20T08")


def test_a_file_that_was_copied_says_nothing_of_the_date() -> None:
    data = HEAD + b"Date: Thu, 19 Nov 2026 10:30:00 +0100\r\n\r\nx"
    for arrived in (datetime(2020, 1, 1, tzinfo=UTC), NOW + timedelta(days=900)):
        found = read(data, arrived)
        assert (found.at.isoformat(), found.notes) == ("2026-11-19T10:30:00+01:00", ())
    ahead = HEAD + b"Date: Sat, 19 Nov 2028 10:30:00 +0100\r\n\r\nx"
    assert read(ahead, NOW + timedelta(days=900)).at == NOW


def test_without_any_date_it_came_when_the_mailbox_says() -> None:
    came = NOW - timedelta(days=3)
    assert read(HEAD + b"\r\nx", came).at == came
    assert read(HEAD + b"\r\nx").at == NOW
    assert moment("Sun, 99 Foo 2026 99:99:99 +9999") is None


BOMBS = {
    "50 MB": HEAD + b"\r\n" + b"x" * 50_000_000,
    "one line of 20 MB": HEAD + b"X: " + b"y" * 20_000_000,
    "a million headers": b"X-A: b\r\n" * 1_000_000 + HEAD,
    "10,000 parts": MIXED + b"--q\r\nContent-Disposition: attachment\r\n\r\nx\r\n" * 10_000,
    "nested parts": HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=q%d\r\n\r\n--q%d\r\n" % (n, n)
        for n in range(3000)
    ),
    "one boundary in itself": MIXED + b"--q\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
    * 3000,
    "half boundaries": MIXED + b"--q" * 1_000_000,
    "parentheses": HEAD + b"Cc: " + b"(" * 1_000_000 + b"\r\n\r\nx",
    "quotes in a type": HEAD + b"Content-Type: text/plain; " + b'a="' * 300_000 + b"\r\n\r\nx",
    "encoded words": HEAD + b"Comments: " + b"=?utf-8?q?a?= " * 300_000 + b"\r\n\r\nx",
    "tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<" * 3_000_000,
    "comments": HEAD + b"Content-Type: text/html\r\n\r\n-->" + b"<!--" * 1_000_000,
    "blockquotes": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<blockquote>" * 100_000 + b"x",
    "entities": HEAD + b"Content-Type: text/html\r\n\r\n" + b"&#" * 1_000_000,
    "a number": HEAD + b"Content-Type: text/html\r\n\r\na&#" + b"9" * 5000 + b";b&#65;",
    "a slow charset": HEAD + b"Content-Type: text/plain; charset=-punycode\r\n\r\na-"
    + b"99" * 150_000,
    "empty lines": HEAD + b"\r\n" * 3_000_000,
    "NUL": HEAD + b"\r\n" + b"\x00" * 3_000_000,
    "references": HEAD + b"References: " + b"<a@b> " * 300_000 + b"\r\n\r\nx",
    "base64": HEAD + b"Content-Transfer-Encoding: base64\r\nContent-Type: text/plain;"
    b" charset=utf-7\r\n\r\n" + b"+A" * 2_000_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_bounded(name: str) -> None:
    data = BOMBS[name]
    tracemalloc.start()
    try:
        try:
            found = read(data)
        except Unreadable:
            found = None
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * LARGEST
    if found is not None:
        assert len(found.text) <= 1024 * 1024
        assert "\x00" not in found.text
        assert len(found.attachments) <= 50


def test_no_slow_charset_is_read_under_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading it takes time by the square of the length; here its steps are counted."""
    asked: list[int] = []

    def counting(text: bytes, errors: str) -> str:
        asked.append(len(text))
        return ""

    monkeypatch.setattr("encodings.punycode.punycode_decode", counting)
    for name in ("punycode", "-punycode", "punycode.", "_punycode_"):
        read(BOMBS["a slow charset"].replace(b"-punycode", name.encode()))
    assert asked == []


def test_a_number_that_is_no_character_is_left_out() -> None:
    assert read(BOMBS["a number"]).text == "abA"


def test_what_was_left_out_of_a_bomb_is_said() -> None:
    assert f"only its first {PARTS:,} parts were looked at" in read(BOMBS["10,000 parts"]).notes
    assert "only the first 8 MiB were looked at" in read(BOMBS["50 MB"]).notes
    assert any("nested deeper" in note for note in read(BOMBS["nested parts"]).notes)


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n\n", b"no mail at all", b"\x00" * 100, b"From: \r\nSubject: x\r\n\r\n",
     b"From: a@[::1\r\n\r\nx", b"Message-Id: <>\nSubject:\n\n", b"Content-Type: x/y\n\n\xff"],
)  # fmt: skip
def test_what_is_no_mail_says_why(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"it is no mail|no address"):
        read(data)


def test_any_bytes_are_a_mail_or_say_why() -> None:
    draw = random.Random(4)
    whole = report("a@b.example", "5.1.1", id="1@x.example", date="Thu, 19 Nov 2026 10:30:00 +0100")
    for _ in range(800):
        data = bytearray(whole if draw.random() < 0.5 else mail("x", Cc="a <b@c.example>"))
        for _ in range(draw.randint(1, 12)):
            place = draw.randrange(len(data))
            data[place : place + draw.randint(0, 4)] = draw.randbytes(draw.randint(0, 4))
        try:
            found = read(bytes(data))
        except Unreadable:
            continue
        assert "\n" not in found.subject + found.message_id + found.sender.name


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("iso-8859-2", "čaj".encode("iso-8859-2"), "čaj"),
        ("nonsense", b"a\xff", "aÿ"),
        ("utf-8", b"a\xe8b", "aèb"),
        ("us-ascii", "čaj".encode(), "čaj"),
        ("zip", b"abc", "abc"),
        ("punycode", b"abc-", "abc-"),
        ("-punycode", b"abc-", "abc-"),
        ("raw-unicode-escape", b"\\u0041", "\\u0041"),
        ("utf-16", "čaj".encode("utf-16"), "čaj"),
        ("'utf-8'", "čaj".encode(), "čaj"),
    ],
)
def test_charsets(charset: str, body: bytes, text: str) -> None:
    head = HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert read(head + body).text == text


def test_attachments_are_named_and_never_paths() -> None:
    parts = [
        b"Content-Type: text/plain\r\n\r\nhello",
        b'Content-Disposition: attachment; filename="../../etc/pass\x07wd"\r\n\r\nx',
        b"Content-Disposition: attachment; filename*=utf-8''nar%C4%8Dilo%0A.pdf\r\n\r\nx",
        b'Content-Type: application/pdf; name="=?utf-8?q?ra=C4=8Dun.pdf?="\r\n\r\nx',
        b"Content-Disposition: attachment; filename*=nonsense''%FF%zz\r\n\r\nx",
        b"Content-Type: message/rfc822\r\n\r\nSubject: other\r\n\r\nother",
        b"Content-Disposition: attachment\r\nContent-Type: image/png\r\n\r\nx",
    ]
    found = read(MIXED + b"".join(b"--q\r\n" + part + b"\r\n" for part in parts) + b"--q--")
    assert found.text == "hello"
    assert found.attachments[:3] == ("pass wd", "narčilo .pdf", "račun.pdf")
    assert found.attachments[4:] == ("message/rfc822", "image/png")
    assert not any("/" in name and name.count("/") > 1 for name in found.attachments)


def test_pictures_within_a_text_are_no_attachments() -> None:
    body = (
        b"Content-Type: multipart/related; boundary=q\r\n\r\n--q\r\nContent-Type: text/html\r\n\r\n"
        b"<p>hello</p>\r\n--q\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <1>\r\n\r\nx"
        b"\r\n--q--"
    )
    found = read(HEAD + body)
    assert (found.text, found.attachments) == ("hello", ())


def test_the_same_mail_without_an_id_is_known_by_its_content() -> None:
    one = read(HEAD + b"Date: Thu, 19 Nov 2026 10:30:00 +0100\r\n\r\nhello\r\n")
    other = read(HEAD.replace(b"\r\n", b"\n") + b"Date: Thu, 19 Nov 2026 10:30:00 +0100\n\nhello\n")
    assert one.message_id == other.message_id
    assert one.message_id.startswith("sha256-")
    assert ids("<a@b.example> <> <c d@e> <f@g.example>") == ["a@b.example", "f@g.example"]


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({}, ""),
        ({"Auto_Submitted": "no"}, ""),
        ({"Auto_Submitted": "auto-replied (vacation)"}, "reply"),
        ({"Auto_Submitted": "auto-generated"}, "generated"),
        ({"List_Id": "<l.example>"}, "list"),
        ({"List_Unsubscribe": "<mailto:x@y.example>"}, "list"),
        ({"Precedence": "bulk"}, "list"),
        ({"Precedence": "auto_reply"}, "reply"),
        ({"X_Autoreply": "yes"}, "reply"),
        ({"Return_Path": "<>"}, "reply"),
        ({"Content_Type": "multipart/report; report-type=disposition-notification"}, "generated"),
    ],
)
def test_what_no_person_wrote(headers: dict[str, str], automatic: str) -> None:
    assert of(**headers).automatic == automatic


@pytest.mark.parametrize(
    ("change", "bounces"),
    [
        ((b"", b""), [("ana@b.example", "5.1.1", "550 no")]),
        ((b"Action: failed", b"Action: delayed"), []),
        ((b"Status: 5.1.1", b"Status: nonsense"), [("ana@b.example", "5.0.0", "550 no")]),
        ((b"rfc822; ana", b"rfc822;<ana"), [("ana@b.example", "5.1.1", "550 no")]),
        ((b"rfc822; ana@b.example", b"x400; who"), []),
    ],
)
def test_reports(change: tuple[bytes, bytes], bounces: list[tuple[str, str, str]]) -> None:
    date = "Thu, 19 Nov 2026 10:30:00 +0100"
    data = report("ana@b.example", "5.1.1", id="r@x.example", date=date, about="sent@lan.example")
    found = read(data.replace(*change))
    assert found.automatic == "bounce"
    assert [tuple(one) for one in found.bounces] == bounces
    assert found.parent == "sent@lan.example"


def test_failed_recipients_that_a_header_names() -> None:
    found = of(X_Failed_Recipients="ana@b.example, bor@b.example")
    assert [one.address for one in found.bounces] == ["ana@b.example", "bor@b.example"]


def test_html_is_read_as_a_browser_breaks_its_lines() -> None:
    html = (
        "<!DOCTYPE html><html><head><title>no</title><style>p {}</style></head><body>"
        "<p>One<br>two &amp; <b>three</b></p><div>four</div><div><div>five</div></div>"
        "<script>alert(1)</script><!-- no --><ul><li>six</ul>"
        "<div>On 3 Nov 2026 wrote:</div><blockquote>old<blockquote>older</blockquote></blockquote>"
    )
    assert text_of(html).split("\n") == [
        "One", "two & three", "", "four", "five", "", "six", "On 3 Nov 2026 wrote:", "> old",
        "> > older",
    ]  # fmt: skip


def test_a_head_without_an_end_hides_nothing_of_the_text() -> None:
    assert text_of("<html><head><title>no</title><body><p>One") == "One"
    assert text_of("<head><style>p {}</style><p>One") == "One"


def test_the_files_of_hostile_mails(tmp_path: Path) -> None:
    """A header that ends in the middle, in every place."""
    whole = mail("hello", Cc="=?utf-8?q?=C5=A0?= <s@b.example>")
    for end in range(len(whole)):
        try:
            read(whole[:end])
        except Unreadable:
            assert end < whole.index(b"\r\nTo:") + 2


HEADERS = (
    "From: Ana Novak <ana@b.example>\r\nTo: c@d.example\r\nMessage-ID: <1@b.example>\r\n"
    "Date: Thu, 19 Nov 2026 10:30:00 +0100\r\nContent-Type: multipart/mixed; boundary=q\r\n"
)


def test_a_mail_of_outlook() -> None:
    pytest.importorskip("oxmsg", reason="python-oxmsg is not installed")
    data = msg(
        {0x0037: "Narocilo\r\nBcc: x@y.example", 0x1000: "Dvajset, prosim.\r\n", 0x007D: HEADERS},
        ("račun.pdf", "../slika.png"),
    )
    assert data.startswith(MAGIC)
    found = read(as_mail(data))
    assert (found.message_id, found.sender) == ("1@b.example", Party("Ana Novak", "ana@b.example"))
    assert found.at.isoformat() == "2026-11-19T10:30:00+01:00"
    assert found.subject == "Narocilo Bcc: x@y.example"
    assert (found.text, found.attachments) == ("Dvajset, prosim.", ("račun.pdf", "slika.png"))
    alone = msg({0x0037: "x", 0x1000: "y", 0x0C1A: "Ana", 0x5D01: "ana@b.example"})
    assert read(as_mail(alone)).sender == Party("Ana", "ana@b.example")


def test_damaged_mails_of_outlook_say_so() -> None:
    pytest.importorskip("oxmsg", reason="python-oxmsg is not installed")
    whole = msg({0x0037: "x", 0x1000: "y", 0x007D: HEADERS})
    draw = random.Random(4)
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(draw.randint(1, 20)):
            data[draw.randrange(8, len(data))] = draw.randrange(256)
        try:
            read(as_mail(bytes(data[: draw.choice((len(data), draw.randrange(8, len(data))))])))
        except Unreadable:
            continue


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "oxmsg", None)
    with pytest.raises(UsageError, match="needs python-oxmsg"):
        as_mail(MAGIC)
