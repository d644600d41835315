"""Mails that are made: their files, their bytes, and values that would begin a header."""

from __future__ import annotations

from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses, parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.formats.mail.drafts import draft_of, named, read_draft
from crm_cli.formats.mail.writing import wire_of
from crm_cli.model.errors import Unreadable
from crm_cli.model.mail import Party
from crm_cli.model.outgoing import Attached, Outgoing
from tests.shares import examples

LETTER = Outgoing(
    id="0123456789abcdef0123456789abcdef@lan.example",
    customer="maja-kos",
    use="service/email",
    sender=Party("Lan d.o.o.", "office@lan.example"),
    to=Party("Maja Kos", "maja@kos.example"),
    subject="Your order",
    text="It is ready.",
)
DATE = "Fri, 20 Nov 2026 12:00:00 +0100"
NAMES = (
    "Maja Kos", "Kos, Maja (office)", "Šuštar", "გიორგი", "فروشگاه کتان", "a\\b", "x" * 200,
    "Š" * 200, "Eva <eva@evil.example>", "me@evil.example", "Mr. X; Y", "日本" * 60, "",
)  # fmt: skip
TEXTS = (
    "It is ready.", "Dober dan,\n\nčšž\n\nLep pozdrav", ".\n..\nFrom me\n.", "x" * 3000, "გ" * 3000,
    "-- \nMaja", "--=-x\nContent-Type: text/html\n\n<b>", "a\n" * 5000,
)  # fmt: skip
HOSTILE = (
    "a\r\nBcc: all@evil.example", "a\nBcc: x@evil.example", "a\rX: y", "=?utf-8?q?a=0ABcc:x?=",
    "=?utf-8?b?DQpCY2M6IHg=?=", "a\x00b", "a\u2028b", "a\x85b", "\ud800",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_arrives_as_it_was_written(text: str) -> None:
    letter = LETTER._replace(text=text.rstrip("\n"))
    assert read_draft(draft_of(letter)) == letter
    data = wire_of(letter, DATE)
    assert data.isascii() and max(map(len, data.split(b"\r\n"))) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")
    found = message_from_bytes(data, policy=default).get_content()
    assert found.replace("\r\n", "\n").rstrip("\n") == letter.text


@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_with_its_address(name: str) -> None:
    to, sender = named(name, "maja@kos.example"), named(name, "o@lan.example")
    letter = LETTER._replace(to=to, sender=sender)
    assert read_draft(draft_of(letter)) == letter
    # The newer policy puts spaces between the encoded words of a name.
    raw, address = parseaddr(message_from_bytes(wire_of(letter, DATE))["To"])
    assert (str(make_header(decode_header(raw))), address) == (letter.to.name, "maja@kos.example")


@pytest.mark.parametrize("subject", ["Your order", "Račun št. 7", "x" * 1500, "Š" * 900, "a  b"])
def test_a_subject_arrives_in_words_of_the_length_that_there_may_be(subject: str) -> None:
    letter = LETTER._replace(subject=subject)
    data = wire_of(letter, DATE)
    assert message_from_bytes(data, policy=default)["Subject"] == subject
    lines = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 90 for line in lines if b"=?utf-8?" in line)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("place", ["subject", "to", "sender", "cc", "file", "reason", "id"])
def test_a_value_that_would_begin_a_header_is_refused(place: str, value: str) -> None:
    party = Party(value, "maja@kos.example")
    letter = {
        "subject": LETTER._replace(subject=value),
        "to": LETTER._replace(to=party),
        "sender": LETTER._replace(sender=party),
        "cc": LETTER._replace(cc=(party,)),
        "file": LETTER._replace(attached=(Attached(value, "text/plain", b"x"),)),
        "reason": LETTER._replace(reason=value),
        "id": LETTER._replace(id=f"{value}@lan.example"),
    }[place]
    with pytest.raises(Unreadable):
        draft_of(letter)
    if place != "reason":
        with pytest.raises(Unreadable):
            wire_of(letter, DATE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("List-Unsubscribe", f"<mailto:o@lan.example?subject=x>, <https://l.example/{'y' * 700}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", f"{'a' * 200} <spring-2027.lan.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("In-Reply-To", f"<{'a' * 90}@{'b' * 110}.example>"),
        ("References", f"<{'a' * 240}@kos.example>"),
        ("Message-ID", f"<{'f' * 64}@{'k' * 60}.{'l' * 50}.example>"),
    ],
)
def test_no_header_is_folded_or_encoded(name: str, value: str) -> None:
    letter = LETTER
    if name in ("In-Reply-To", "References"):
        letter = LETTER._replace(parent=value.strip("<>"))
        data = wire_of(letter, DATE)
    elif name == "Message-ID":
        data = wire_of(LETTER._replace(id=value.strip("<>")), DATE)
    else:
        data = wire_of(LETTER, DATE, [(name, value)])
    assert f"\r\n{name}: {value}\r\n".encode() in data
    assert b"=?" not in data


@pytest.mark.parametrize("value", ["a\r\nBcc: x", "č", "x" * 1200, "a\x00"])
def test_a_header_that_cannot_be_is_refused(value: str) -> None:
    with pytest.raises(Unreadable):
        wire_of(LETTER, DATE, [("List-Id", value)])


def test_an_address_of_other_letters_goes_out_in_utf_8() -> None:
    letter = LETTER._replace(to=Party("Küche", "küche@lindé.example"))
    assert read_draft(draft_of(letter)) == letter
    data = wire_of(letter, DATE)
    (to,) = message_from_string(data.decode(), policy=default)["To"].addresses
    assert to.addr_spec == "küche@xn--lind-epa.example"


def test_files_go_along() -> None:
    files = (Attached("Račun št. 7.pdf", "application/pdf", bytes(range(256)) * 40),
             Attached("a.txt", "text/plain", b"\xff\x00"))  # fmt: skip
    letter = LETTER._replace(attached=files, parent="a@b.example", trouble="451 later")
    assert read_draft(draft_of(letter)) == letter
    message = message_from_bytes(wire_of(letter, DATE), policy=default)
    parts = list(message.iter_attachments())
    assert [part.get_filename() for part in parts] == ["Račun št. 7.pdf", "a.txt"]
    assert [part.get_payload(decode=True) for part in parts] == [one.data for one in files]


TOP = (
    "From: o@lan.example\nTo: m@kos.example\nX-Crm-Customer: maja\n"
    f"Message-ID: <{LETTER.id}>\n"
)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("Bcc: all@evil.example\n", "bcc is not known"),
        ("To: b@evil.example\n", "twice"),
        ("X-Crm-Use: marketing/phone\n", "no such message"),
        ("X-Crm-Use: theft/email\n", "X-Crm-Use"),
        ("Subject: =?utf-8?q?a=0ABcc:x?=\n", "encoded word"),
        ("X-Crm-Step: ٣\n", "X-Crm-Step"),
        ("X-Crm-Document: reminder\nX-Crm-Digest: 12\n", "X-Crm-Digest"),
        ("X-Crm-Template: a b; rm\n", "X-Crm-Template"),
        ("Content-Type: text/html\n", "plain text"),
        ("Content-Type: multipart/mixed; boundary=x\n", "plain text"),
        ("Sender: x@evil.example\n", "sender is not known"),
        ("Return-Path: <x@evil.example>\n", "return-path is not known"),
    ],
)
def test_a_draft_of_others_has_no_other_headers(more: str, said: str) -> None:
    use = "" if "X-Crm-Use" in more else "X-Crm-Use: service/email\n"
    with pytest.raises(Unreadable, match=said):
        read_draft(f"{TOP}{use}{more}\nHello\n".encode())


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\xff\xfe", b"Hello", TOP.encode(), b"From: a@b.example\n" * 9, b"\0" * 99,
     TOP.replace("m@kos", "x@y.example, z@kos").encode() + b"X-Crm-Use: service/email\n\n"],
)  # fmt: skip
def test_what_is_no_draft_is_told(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_draft(data)


WORDS = st.text(st.characters(codec="utf-8"), max_size=80)
NASTY = st.sampled_from(
    ["\r\n", "\n", "=?utf-8?q?=0A?=", '"', "\\", "<", ">", ",", "@", "(", ")", "--=-", "\t", ".",
     "\x00", "\u2028", "\u202e", "=?", "?=", ";", ":", " "]
)  # fmt: skip
VALUES = st.lists(WORDS | NASTY, max_size=6).map("".join)


@examples(25, soak=20_000)
@given(VALUES, VALUES, VALUES)
def test_whatever_it_says_it_is_one_mail_to_one(name: str, subject: str, text: str) -> None:
    """It is made as it was meant, or refused; never with another header or recipient."""
    letter = LETTER._replace(
        to=named(name, "maja@kos.example"), subject=subject.strip(), text=text.rstrip("\n")
    )
    try:
        data, draft = wire_of(letter, DATE), draft_of(letter)
    except Unreadable:
        return
    assert read_draft(draft) == letter
    message = message_from_bytes(data)
    assert [*message] == [
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding",
    ]  # fmt: skip
    assert getaddresses([message["To"]])[-1][1] == "maja@kos.example"
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().replace("\r\n", "\n").rstrip("\n") == letter.text


@examples(25, soak=20_000)
@given(st.lists(st.sampled_from([
    TOP, "X-Crm-Use: service/email\n", "Subject: a\n", "\n", "Hello\n",
    "Content-Type: multipart/mixed; boundary=x\n", "--x\n", "--x--\n",
    "Content-Transfer-Encoding: base64\n", "Cc: a@b.example\n",
    "\xff", "\0", "=?utf-8?q?=0A?=", " x\n",
    "Content-Disposition: attachment; filename=\"../../x\"\n",
    "X-Crm-Step: 2\n", "In-Reply-To: <a@b>\n",
]) | WORDS, max_size=12).map("".join))  # fmt: skip
def test_whatever_a_draft_is_it_is_read_or_refused(text: str) -> None:
    for channel in ("email", "sms"):
        try:
            found = read_draft(text.encode("utf-8", "surrogatepass"), channel)
        except Unreadable:
            continue
        assert found.customer and found.use.endswith(f"/{channel}")
        assert not [one for one in found.attached if "/" in one.name]


@pytest.mark.parametrize("id", ["(a@lan.example", ";a@lan.example", "a\\@lan.example", "č@lan.si"])
def test_an_id_that_no_header_can_have_is_refused(id: str) -> None:
    """The standard library fails on some of them with errors that are no errors of mails."""
    with pytest.raises(Unreadable):
        wire_of(LETTER._replace(id=id), DATE)
    data = draft_of(LETTER).replace(LETTER.id.encode(), id.encode())
    with pytest.raises(Unreadable, match="no Message-ID"):
        read_draft(data)


def test_an_address_in_cc_is_read_as_it_is_or_refused() -> None:
    with pytest.raises(Unreadable, match="as it was meant"):
        wire_of(LETTER._replace(cc=(Party("", "a\\@lan.example"),)), DATE)


def test_a_draft_is_no_larger_than_a_file_may_be() -> None:
    """It would keep the whole outbox from being read."""
    files = (Attached("a.bin", "application/octet-stream", bytes(13 * 1024 * 1024)),)
    with pytest.raises(Unreadable, match="larger than 16 MiB"):
        draft_of(LETTER._replace(attached=files))
