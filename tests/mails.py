"""Made-up mails: conversations of customers in twelve languages, answered as programs do it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple

OUR_NAME, OUR_ADDRESS = "Petra Zajc", "petra@lan.example"
WRITTEN = policy.SMTP.clone(max_line_length=998)


class Style(NamedTuple):
    """How mails are answered in a language: sentences, and the lines above a quote (or a block of
    headers, then nothing is marked as quoted)."""

    language: str
    sentences: tuple[str, ...]
    above: str
    html: bool = False


STYLES = (
    Style("en", ("Could you send twenty sheets?", "The blue ones, please."),
          "On {d:%a}, {d.day} Nov 2026 at {d:%H:%M}, {name} <{address}> wrote:"),
    Style("de", ("Bitte schicken Sie uns zwölf Tücher.", "Wann können Sie liefern?"),
          "Am {d:%d.%m.%y} um {d:%H:%M} schrieb {name}:"),
    Style("sl", ("Prosim za ponudbo za brisače.", "Najlepša hvala, lep pozdrav"),
          "V tor., {d.day}. nov. 2026 ob {d:%H:%M} je oseba {name}\n<{address}> napisala:"),
    Style("fr", ("Merci de votre réponse.", "Nous prenons les trois modèles."),
          "Le mar. {d.day} nov. 2026 à {d:%H:%M}, {name} <{address}> a\nécrit :"),
    Style("it", ("Quanto costa la consegna?", "Grazie mille, a presto"),
          "Il giorno mar {d.day} nov 2026 alle ore {d:%H:%M} {name} <{address}> ha scritto:",
          html=True),
    Style("es", ("¿Tienen también manteles?", "Quedamos a la espera."),
          "El mar, {d.day} nov 2026 a las {d:%H:%M}, {name} (<{address}>) escribió:"),
    Style("ru", ("Пришлите, пожалуйста, счёт.", "Адрес прежний."),
          "вторник, {d.day} ноября 2026 г. в {d:%H:%M}, {name} <{address}>:"),
    Style("bg", ("Моля, изпратете оферта.", "Благодаря предварително"),
          "На {d:%d.%m.%Y} г. в {d:%H:%M}, {name} написа:"),
    Style("ka", ("გთხოვთ გამომიგზავნოთ ფასები.", "მადლობა წინასწარ"),
          "სამ, {d.day} ნოე. 2026, {d:%H:%M}-ზე {name} <{address}> დაწერა:"),
    Style("fa", ("لطفاً قیمت را بفرستید.", "با سپاس فراوان"),
          "در تاریخ سه‌شنبه ۳ نوامبر ۲۰۲۶ ساعت ۱۰:۳۰، {name} <{address}> نوشت:"),
    Style("ja", ("見積もりをお願いします。", "よろしくお願いいたします。"),
          "2026年11月{d.day}日(火) {d:%H:%M} {name} <{address}>:"),
    Style("sv", ("Kan ni leverera på fredag?", "Vi tar tio stycken till."),
          "________________________________\nFrån: {name} <{address}>\n"
          "Skickat: den {d.day} november 2026 {d:%H:%M}\nTill: någon\nÄmne: {subject}"),
)  # fmt: skip


class MadeUp(NamedTuple):
    """A mail and what is to be found in it."""

    data: bytes
    message_id: str
    customer: str
    direction: str
    thread: str
    said: str
    attachments: tuple[str, ...]


def address_of(number: int) -> str:
    """The address of a customer."""
    return f"kupec{number}@stranka.example"


def archive(count: int, *, customers: int = 100, seed: int = 4) -> list[MadeUp]:
    """So many mails, the oldest first."""
    draw = random.Random(seed)
    made: list[MadeUp] = []
    talks: Iterator[Iterator[MadeUp]] = (
        _talk(draw, number, number % customers) for number in range(count)
    )
    while len(made) < count:
        made += next(talks)
    return made[:count]


def _talk(draw: random.Random, number: int, customer: int) -> Iterator[MadeUp]:
    """A conversation: each mail quotes the one before."""
    style = STYLES[number % len(STYLES)]
    at = datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(hours=number)
    them = (f"Kupec {customer}", address_of(customer))
    us = (OUR_NAME, OUR_ADDRESS)
    ids: list[str] = []
    text = quoted = ""
    for turn in range(draw.randint(1, 6)):
        sender, recipient = (them, us) if turn % 2 == 0 else (us, them)
        said = "\n\n".join(draw.sample(style.sentences, draw.randint(1, 2)))
        said += f"\n{draw.randint(1000, 9999)}"
        text = _written(draw, style, said, recipient, at, quoted)
        id = f"{number}.{turn}.{draw.randrange(10**9)}@{sender[1].partition('@')[2]}"
        files = ("naročilo.pdf", "slika.png")[: draw.choice((0, 0, 0, 1, 2))]
        data = _message(style, sender, recipient, number, at, id, ids, text, files)
        direction = "inbound" if sender is them else "outbound"
        yield MadeUp(
            data, id, f"kupec-{customer}", direction, ids[0] if ids else id, said, files
        )
        ids.append(id)
        quoted = text
        at += timedelta(minutes=draw.randint(5, 500))


def _written(
    draw: random.Random, style: Style, said: str, to: tuple[str, str], at: datetime, before: str
) -> str:
    """A text with a signature, perhaps, and the mail before below it."""
    text = said
    if draw.random() < 0.5:
        text += "\n\n-- \nLan d.o.o.\nTel. 05 123 45 67\n"
    if not before:
        return text
    above = style.above.format(d=at, name=to[0], address=to[1], subject="Povpraševanje")
    lines = before.split("\n")
    if style.language == "sv":
        return f"{text}\n\n{above}\n\n{before}"
    return f"{text}\n\n{above}\n" + "\n".join(f"> {line}".rstrip() for line in lines)


def _message(
    style: Style,
    sender: tuple[str, str],
    recipient: tuple[str, str],
    number: int,
    at: datetime,
    id: str,
    ids: Sequence[str],
    text: str,
    files: Sequence[str],
) -> bytes:
    made = EmailMessage(policy=WRITTEN)
    made["From"] = f"{sender[0]} <{sender[1]}>"
    made["To"] = f"{recipient[0]} <{recipient[1]}>"
    made["Subject"] = f"{'Re: ' if ids else ''}Povpraševanje št. {number}"
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{id}>"
    if ids:
        made["In-Reply-To"] = f"<{ids[-1]}>"
        made["References"] = " ".join(f"<{one}>" for one in ids)
    if style.html:
        made.set_content(_html(text), subtype="html")
    else:
        made.set_content(text)
    for name in files:
        made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename=name)
    return bytes(made)


def _html(text: str) -> str:
    """As programs write it: a blockquote in place of marks."""
    said, _, quoted = text.partition("\n> ")
    lines = [line or "<br>" for line in said.replace("<", "&lt;").split("\n")]
    body = "".join(f"<div>{line}</div>" for line in lines)
    if quoted:
        below = "".join(f"<div>{line.lstrip('> ') or '<br>'}</div>" for line in quoted.split("\n"))
        body += f"<blockquote>{below}</blockquote>"
    return f"<html><head><style>p {{}}</style></head><body>{body}</body></html>"


def mail(
    text: str = "Two more, please.",
    *,
    sender: str = "Maja Kos <maja@kos.example>",
    to: str = f"{OUR_NAME} <{OUR_ADDRESS}>",
    subject: str = "Sheets",
    id: str = "1@kos.example",
    date: str = "Thu, 19 Nov 2026 10:30:00 +0100",
    **headers: str,
) -> bytes:
    """One mail; further headers with `_` for `-`."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {date}",
             f"Message-ID: <{id}>"]  # fmt: skip
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + text.replace("\n", "\r\n") + "\r\n").encode()


def sent(
    to: str = "Maja Kos <maja@kos.example>", *, id: str = "x@lan.example",
    date: str = "Sun, 1 Nov 2026 08:00:00 +0100",
) -> bytes:  # fmt: skip
    """A mail of ours, which reports are about."""
    return mail("As agreed.", sender=OUR_ADDRESS, to=to, id=id, date=date)


def report(
    address: str, status: str, *, id: str, date: str, about: str = "x@lan.example",
    sender: str = OUR_ADDRESS,
) -> bytes:  # fmt: skip
    """A report that a mail of ours did not come through (RFC 3464)."""
    body = (
        "--q\n\nIt failed.\n--q\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {address}\nAction: failed\n"
        f"Status: {status}\nDiagnostic-Code: smtp; 550 no\n"
        f"--q\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{about}>\n"
        f"From: {sender}\n--q--"
    )
    return mail(
        body, sender="Mail System <mailer-daemon@mx.example>", id=id, date=date,
        subject="Undelivered", MIME_Version="1.0",
        Content_Type="multipart/report; report-type=delivery-status; boundary=q",
    )  # fmt: skip


def mbox(mails: Sequence[bytes]) -> bytes:
    """An mbox file (mboxrd)."""
    import re

    marked = (
        b"From - Thu Nov 19 10:30:00 2026\n"
        + re.sub(rb"(?m)^(>*From )", rb">\1", one.replace(b"\r\n", b"\n")).rstrip(b"\n")
        + b"\n\n"
        for one in mails
    )
    return b"".join(marked)
