"""Addresses, phones, countries, languages and zones: what cannot be, and why."""

from __future__ import annotations

import re

from crm_cli.model.errors import Unreadable

Fault = tuple[str, str, str]
"""(code, message, hint)."""

_NAMED = re.compile(r"[^<>]*<([^<>\s]+)>\s*")
_ADDRESS = re.compile(
    r"[^\s@<>,;:\"()\[\]]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
_WEB = re.compile(
    r"(?:https?://)?(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_][\w-]{0,61}(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
# RFC 5646, 2.1: language, script, region, variants, extensions, private use; and one of old.
_LANGUAGE = re.compile(
    r"([a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}|oed))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE | re.ASCII,
)

# ISO 639-1
_LANGUAGES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv "
    "cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr "
    "ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw "
    "ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv "
    "ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq "
    "sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh "
    "yi yo za zh zu"
)


def bare_address(text: str) -> str:
    """The address of `Ana Novak <ana@novak.example>` and of `mailto:…`; others as they are."""
    text = text.strip()
    match = _NAMED.fullmatch(text) if text.endswith(">") else None
    if match and "@" in match[1]:
        text = match[1]
    return text[7:] if text[:7].lower() == "mailto:" else text


def email_fault(text: str) -> Fault | None:
    """Why a text is no e-mail address; None where it may be one (RFC 5321, no quoted parts)."""
    if _ADDRESS.fullmatch(text) and ".." not in text and len(text) <= 254:
        return None
    return "bad-email", f"'{text}' is not an e-mail address", "write it as ana@novak.example"


def web_address_fault(text: str) -> Fault | None:
    """Why a text is no address of the web (RFC 3986, http and https); None where it may be one."""
    if _WEB.fullmatch(text) and len(text) <= 2000:
        return None
    return "bad-url", f"'{text}' is not a web address", "write it as https://reviews.example/kava"


def phone_fault(text: str, country: str | None) -> Fault | None:
    """Why a text is no telephone number, where it is dialled in a country if one is known."""
    from crm_cli.model.phones import e164, looks_like_phone

    if e164(text, country) is not None:
        return None
    if not looks_like_phone(text):
        return "bad-phone", f"'{text}' is not a telephone number", "write it as +386 40 123 456"
    if country or text.strip().startswith("+"):
        where = "with its country's prefix" if not text.strip().startswith("+") else "whole"
        return "bad-phone", f"'{text}' is not a possible telephone number", f"write it {where}"
    return None


def country_fault(code: str) -> Fault | None:
    """Why a text is no country; Kosovo has a code of use, though none of ISO 3166."""
    from crm_cli.model.countries import country_codes, country_name
    from crm_cli.model.text import did_you_mean

    if code == "XK" or (len(code) == 2 and country_name(code) is not None):
        return None
    names = {name: one for one in country_codes() if (name := country_name(one))}
    near = did_you_mean(code, names) if len(code) > 2 else ""
    return "bad-country", f"there is no country '{code}'", near or "write its code, as SI or AT"


def currency_fault(code: str) -> Fault | None:
    """Why a text is no currency of ISO 4217."""
    from crm_cli.model.money import read_currency

    try:
        read_currency(code)
    except Unreadable as error:
        return "unknown-currency", error.message, error.hint
    return None


def language_fault(tag: str) -> Fault | None:
    """Why a text is no language tag (BCP 47): `sl`, `de-AT`, `zh-Hans`."""
    match = _LANGUAGE.fullmatch(tag)
    if match and (len(match[1]) == 3 or match[1].lower() in _LANGUAGES.split()):
        return None
    return "bad-language", f"'{tag}' is not a language tag", "write it as sl, en or de-AT"


def zone_fault(name: str) -> Fault | None:
    """Why a text is no IANA time zone."""
    from crm_cli.model.dates import zone_named

    if zone_named(name) is None:
        return "unknown-zone", f"'{name}' is not a time zone", "write it as Europe/Ljubljana"
    return None
