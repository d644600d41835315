"""Text values of properties, escaped as RFC 5545 requires."""

from __future__ import annotations

from icalendar import vCategory, vText

from crm_cli.formats.content_lines import clean, escaped


class _Text(vText):
    """TEXT (3.3.11)."""

    def to_ical(self) -> bytes:
        """The bytes of the value."""
        return escaped(str(self)).encode()


class _Texts(vCategory):
    """Several texts, parted by commas."""

    def to_ical(self) -> bytes:
        """The bytes of the value."""
        return ",".join(escaped(str(text)) for text in self.cats).encode()


def text_value(text: str) -> vText:
    """A text as a property's value."""
    return _Text(clean(text))


def texts_value(texts: list[str]) -> vCategory:
    """Texts as the value of a property that has several."""
    return _Texts(texts)


class _Raw(vText):
    """A value as it stands."""

    def to_ical(self) -> bytes:
        """The bytes of the value."""
        return str(self).encode()


def raw_value(text: str) -> vText:
    """A value that was written elsewhere, and stays as it is."""
    return _Raw(text)
