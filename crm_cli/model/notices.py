"""What customers are told of our channels and of their right to withdraw, in their languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from crm_cli.model.permission import CHANNELS


class Notice(NamedTuple):
    """The title (`{business}` is our name), what each channel is called, and the last sentence:
    how to withdraw (GDPR, Art. 7(3) and 21(2))."""

    title: str
    labels: Mapping[str, str]
    withdrawal: str


def _labels(text: str) -> dict[str, str]:
    return dict(zip(CHANNELS, text.split(", "), strict=True))


NOTICES = {
    "en": Notice(
        "How to reach {business}, and how we write to you:",
        _labels("E-mail, Telephone, SMS, Chat, Post, In person, Social networks"),
        "You can withdraw your consent, or object to advertising, on any of these channels at any "
        "time and free of charge.",
    ),
    "de": Notice(
        "So erreichen Sie {business}, und so schreiben wir Ihnen:",
        _labels("E-Mail, Telefon, SMS, Chat, Post, Persönlich, Soziale Netzwerke"),
        "Sie können Ihre Einwilligung jederzeit und kostenlos auf jedem dieser Wege widerrufen "
        "oder der Werbung widersprechen.",
    ),
    "sl": Notice(
        "Kako dosežete podjetje {business} in kako vam pišemo:",
        _labels("E-pošta, Telefon, SMS, Klepet, Pošta, Osebno, Družbena omrežja"),
        "Privolitev lahko kadar koli brezplačno prekličete ali ugovarjate oglaševanju po katerem "
        "koli od teh kanalov.",
    ),
    "bg": Notice(
        "Как да се свържете с {business} и как Ви пишем:",
        _labels("Имейл, Телефон, SMS, Чат, Поща, Лично, Социални мрежи"),
        "Можете по всяко време и безплатно да оттеглите съгласието си или да възразите срещу "
        "реклама по всеки от тези канали.",
    ),
    "sr": Notice(
        "Како да ступите у везу са {business} и како вам пишемо:",
        _labels("Е-пошта, Телефон, SMS, Ћаскање, Пошта, Лично, Друштвене мреже"),
        "Пристанак можете у сваком тренутку бесплатно да опозовете, или да приговорите "
        "оглашавању, преко било ког од ових канала.",
    ),
    "ka": Notice(
        "როგორ დაგვიკავშირდეთ ({business}) და როგორ მოგწერთ:",
        _labels("ელფოსტა, ტელეფონი, SMS, ჩატი, ფოსტა, პირადად, სოციალური ქსელები"),
        "ნებისმიერ დროს და უფასოდ შეგიძლიათ გაიხმოთ თანხმობა ან უარი თქვათ რეკლამაზე "
        "ნებისმიერი ამ არხით.",
    ),
    "fa": Notice(
        "راه‌های تماس با {business} و نحوهٔ مکاتبهٔ ما با شما:",
        _labels("ایمیل, تلفن, پیامک, گفتگو, پست, حضوری, شبکه‌های اجتماعی"),
        "می‌توانید در هر زمان و به‌رایگان از هر یک از این راه‌ها رضایت خود را پس بگیرید "
        "یا به تبلیغات اعتراض کنید.",
    ),
}
"""The notices by language (ISO 639-1)."""
