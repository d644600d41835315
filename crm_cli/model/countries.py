"""Countries: codes, names, currencies and time zones.

Imported only where a country's name is read or a new directory is set up.
"""

from __future__ import annotations

from functools import cache

from crm_cli.model.text import tokens

# ISO 3166-1 alpha-2 and alpha-3, ISO 4217, the time zone that most people live in, the English
# name, then further names: those of CLDR in the country's own languages, and common ones.
_TABLE = """
AD AND EUR Europe/Andorra Andorra
AE ARE AED Asia/Dubai United Arab Emirates|UAE|Emirates|الإمارات العربية المتحدة
AF AFG AFN Asia/Kabul Afghanistan|افغانستان
AG ATG XCD America/Antigua Antigua & Barbuda
AI AIA XCD America/Anguilla Anguilla
AL ALB ALL Europe/Tirane Albania|Shqipëri
AM ARM AMD Asia/Yerevan Armenia|Հայաստան
AO AGO AOA Africa/Luanda Angola
AQ ATA USD Antarctica/McMurdo Antarctica
AR ARG ARS America/Argentina/Buenos_Aires Argentina
AS ASM USD Pacific/Pago_Pago American Samoa
AT AUT EUR Europe/Vienna Austria|Österreich
AU AUS AUD Australia/Sydney Australia
AW ABW AWG America/Aruba Aruba
AX ALA EUR Europe/Mariehamn Åland Islands|Åland
AZ AZE AZN Asia/Baku Azerbaijan|Azərbaycan|Азәрбајҹан
BA BIH BAM Europe/Sarajevo Bosnia & Herzegovina|Bosnia|Босна и Херцеговина|Bosna i Hercegovina
BB BRB BBD America/Barbados Barbados
BD BGD BDT Asia/Dhaka Bangladesh|বাংলাদেশ
BE BEL EUR Europe/Brussels Belgium|België|Belgique|Belgien
BF BFA XOF Africa/Ouagadougou Burkina Faso
BG BGR EUR Europe/Sofia Bulgaria|България
BH BHR BHD Asia/Bahrain Bahrain|البحرين
BI BDI BIF Africa/Bujumbura Burundi|Uburundi
BJ BEN XOF Africa/Porto-Novo Benin
BL BLM EUR America/St_Barthelemy St. Barthélemy|Saint-Barthélemy
BM BMU BMD Atlantic/Bermuda Bermuda
BN BRN BND Asia/Brunei Brunei|Brunei Darussalam|بروني
BO BOL BOB America/La_Paz Bolivia
BQ BES USD America/Kralendijk Caribbean Netherlands|Caribisch Nederland
BR BRA BRL America/Sao_Paulo Brazil|Brasil
BS BHS BSD America/Nassau Bahamas
BT BTN BTN Asia/Thimphu Bhutan|འབྲུག
BV BVT NOK Europe/Oslo Bouvet Island
BW BWA BWP Africa/Gaborone Botswana
BY BLR BYN Europe/Minsk Belarus|Беларусь
BZ BLZ BZD America/Belize Belize
CA CAN CAD America/Toronto Canada
CC CCK AUD Indian/Cocos Cocos (Keeling) Islands
CD COD CDF Africa/Kinshasa Congo - Kinshasa|DR Congo|Democratic Republic of the Congo
CF CAF XAF Africa/Bangui Central African Republic|Ködörösêse tî Bêafrîka|République centrafricaine
CG COG XAF Africa/Brazzaville Congo - Brazzaville|Congo|Republic of the Congo
CH CHE CHF Europe/Zurich Switzerland|Schweiz|Schwiiz|Suisse|Svizzera
CI CIV XOF Africa/Abidjan Côte d'Ivoire|Ivory Coast
CK COK NZD Pacific/Rarotonga Cook Islands
CL CHL CLP America/Santiago Chile
CM CMR XAF Africa/Douala Cameroon|Cameroun
CN CHN CNY Asia/Shanghai China|People's Republic of China|中国
CO COL COP America/Bogota Colombia
CR CRI CRC America/Costa_Rica Costa Rica
CU CUB CUP America/Havana Cuba
CV CPV CVE Atlantic/Cape_Verde Cape Verde|Cabo Verde
CW CUW XCG America/Curacao Curaçao|Kòrsou
CX CXR AUD Indian/Christmas Christmas Island
CY CYP EUR Asia/Nicosia Cyprus|Κύπρος|Kıbrıs
CZ CZE CZK Europe/Prague Czechia|Czech Republic|Česko
DE DEU EUR Europe/Berlin Germany|Deutschland
DJ DJI DJF Africa/Djibouti Djibouti|جيبوتي
DK DNK DKK Europe/Copenhagen Denmark|Danmark
DM DMA XCD America/Dominica Dominica
DO DOM DOP America/Santo_Domingo Dominican Republic|República Dominicana
DZ DZA DZD Africa/Algiers Algeria|الجزائر|Algérie
EC ECU USD America/Guayaquil Ecuador
EE EST EUR Europe/Tallinn Estonia|Eesti
EG EGY EGP Africa/Cairo Egypt|مصر
EH ESH MAD Africa/El_Aaiun Western Sahara|الصحراء الغربية
ER ERI ERN Africa/Asmara Eritrea|ኤርትራ|إريتريا
ES ESP EUR Europe/Madrid Spain|España
ET ETH ETB Africa/Addis_Ababa Ethiopia|ኢትዮጵያ
FI FIN EUR Europe/Helsinki Finland|Suomi
FJ FJI FJD Pacific/Fiji Fiji
FK FLK FKP Atlantic/Stanley Falkland Islands|Falkland Islands (Malvinas)
FM FSM USD Pacific/Pohnpei Micronesia
FO FRO DKK Atlantic/Faroe Faroe Islands|Føroyar
FR FRA EUR Europe/Paris France
GA GAB XAF Africa/Libreville Gabon
GB GBR GBP Europe/London United Kingdom|UK|Great Britain|England|Scotland|Wales|Northern Ireland
GD GRD XCD America/Grenada Grenada
GE GEO GEL Asia/Tbilisi Georgia|საქართველო
GF GUF EUR America/Cayenne French Guiana|Guyane française
GG GGY GBP Europe/Guernsey Guernsey
GH GHA GHS Africa/Accra Ghana
GI GIB GIP Europe/Gibraltar Gibraltar
GL GRL DKK America/Nuuk Greenland|Kalaallit Nunaat
GM GMB GMD Africa/Banjul Gambia
GN GIN GNF Africa/Conakry Guinea|Guinée
GP GLP EUR America/Guadeloupe Guadeloupe
GQ GNQ XAF Africa/Malabo Equatorial Guinea|Guinea Ecuatorial|Guinée équatoriale|Guiné Equatorial
GR GRC EUR Europe/Athens Greece|EL|Ελλάδα
GS SGS GBP Atlantic/South_Georgia South Georgia & South Sandwich Islands
GT GTM GTQ America/Guatemala Guatemala
GU GUM USD Pacific/Guam Guam
GW GNB XOF Africa/Bissau Guinea-Bissau|Guiné-Bissau
GY GUY GYD America/Guyana Guyana
HK HKG HKD Asia/Hong_Kong Hong Kong SAR China|Hong Kong|中國香港特別行政區
HM HMD AUD Indian/Kerguelen Heard & McDonald Islands|Heard Island and McDonald Islands
HN HND HNL America/Tegucigalpa Honduras
HR HRV EUR Europe/Zagreb Croatia|Hrvatska
HT HTI HTG America/Port-au-Prince Haiti
HU HUN HUF Europe/Budapest Hungary|Magyarország
ID IDN IDR Asia/Jakarta Indonesia
IE IRL EUR Europe/Dublin Ireland|Éire
IL ISR ILS Asia/Jerusalem Israel|ישראל|إسرائيل
IM IMN GBP Europe/Isle_of_Man Isle of Man|Ellan Vannin
IN IND INR Asia/Kolkata India|भारत
IO IOT USD Indian/Chagos British Indian Ocean Territory
IQ IRQ IQD Asia/Baghdad Iraq|العراق
IR IRN IRR Asia/Tehran Iran|Persia|ایران
IS ISL ISK Atlantic/Reykjavik Iceland|Ísland
IT ITA EUR Europe/Rome Italy|Italia
JE JEY GBP Europe/Jersey Jersey
JM JAM JMD America/Jamaica Jamaica
JO JOR JOD Asia/Amman Jordan|الأردن
JP JPN JPY Asia/Tokyo Japan|日本
KE KEN KES Africa/Nairobi Kenya
KG KGZ KGS Asia/Bishkek Kyrgyzstan|Кыргызстан|Киргизия
KH KHM KHR Asia/Phnom_Penh Cambodia|កម្ពុជា
KI KIR AUD Pacific/Tarawa Kiribati
KM COM KMF Indian/Comoro Comoros|جزر القمر|Comores
KN KNA XCD America/St_Kitts St. Kitts & Nevis|Saint Kitts and Nevis
KP PRK KPW Asia/Pyongyang North Korea|Democratic People's Republic of Korea|북한
KR KOR KRW Asia/Seoul South Korea|Korea|Republic of Korea|대한민국
KW KWT KWD Asia/Kuwait Kuwait|الكويت
KY CYM KYD America/Cayman Cayman Islands
KZ KAZ KZT Asia/Almaty Kazakhstan|Казахстан|Қазақстан
LA LAO LAK Asia/Vientiane Laos|Lao People's Democratic Republic|ລາວ
LB LBN LBP Asia/Beirut Lebanon|لبنان
LC LCA XCD America/St_Lucia St. Lucia|Saint Lucia
LI LIE CHF Europe/Vaduz Liechtenstein|Liächteschtäi
LK LKA LKR Asia/Colombo Sri Lanka|ශ්‍රී ලංකාව|இலங்கை
LR LBR LRD Africa/Monrovia Liberia
LS LSO LSL Africa/Maseru Lesotho
LT LTU EUR Europe/Vilnius Lithuania|Lietuva
LU LUX EUR Europe/Luxembourg Luxembourg|Lëtzebuerg|Luxemburg
LV LVA EUR Europe/Riga Latvia|Latvija
LY LBY LYD Africa/Tripoli Libya|ليبيا
MA MAR MAD Africa/Casablanca Morocco|المغرب|Maroc|Meṛṛuk
MC MCO EUR Europe/Monaco Monaco
MD MDA MDL Europe/Chisinau Moldova|Republica Moldova
ME MNE EUR Europe/Podgorica Montenegro|Crna Gora
MF MAF EUR America/Marigot St. Martin|Saint-Martin|Saint Martin (French part)
MG MDG MGA Indian/Antananarivo Madagascar|Madagasikara
MH MHL USD Pacific/Majuro Marshall Islands
MK MKD MKD Europe/Skopje North Macedonia|Macedonia|Makedonija|Северна Македонија
ML MLI XOF Africa/Bamako Mali
MM MMR MMK Asia/Yangon Myanmar (Burma)|Burma|မြန်မာ|Myanmar
MN MNG MNT Asia/Ulaanbaatar Mongolia|Монгол
MO MAC MOP Asia/Macau Macao SAR China|Macao|Macau|中國澳門特別行政區|Macau, RAE da China
MP MNP USD Pacific/Saipan Northern Mariana Islands
MQ MTQ EUR America/Martinique Martinique
MR MRT MRU Africa/Nouakchott Mauritania|موريتانيا
MS MSR XCD America/Montserrat Montserrat
MT MLT EUR Europe/Malta Malta
MU MUS MUR Indian/Mauritius Mauritius|Maurice
MV MDV MVR Indian/Maldives Maldives|ދިވެހި ރާއްޖެ
MW MWI MWK Africa/Blantyre Malawi
MX MEX MXN America/Mexico_City Mexico
MY MYS MYR Asia/Kuala_Lumpur Malaysia
MZ MOZ MZN Africa/Maputo Mozambique|Moçambique
NA NAM NAD Africa/Windhoek Namibia
NC NCL XPF Pacific/Noumea New Caledonia|Nouvelle-Calédonie
NE NER XOF Africa/Niamey Niger
NF NFK AUD Pacific/Norfolk Norfolk Island
NG NGA NGN Africa/Lagos Nigeria|Nàìjíríà
NI NIC NIO America/Managua Nicaragua
NL NLD EUR Europe/Amsterdam Netherlands|Holland|The Netherlands|Nederland
NO NOR NOK Europe/Oslo Norway|Norge|Noreg
NP NPL NPR Asia/Kathmandu Nepal|नेपाल
NR NRU AUD Pacific/Nauru Nauru
NU NIU NZD Pacific/Niue Niue
NZ NZL NZD Pacific/Auckland New Zealand|Aotearoa
OM OMN OMR Asia/Muscat Oman|عُمان
PA PAN PAB America/Panama Panama
PE PER PEN America/Lima Peru
PF PYF XPF Pacific/Tahiti French Polynesia|Polynésie française
PG PNG PGK Pacific/Port_Moresby Papua New Guinea|Papua Niugini
PH PHL PHP Asia/Manila Philippines|Pilipinas
PK PAK PKR Asia/Karachi Pakistan|پاکستان
PL POL PLN Europe/Warsaw Poland|Polska
PM SPM EUR America/Miquelon St. Pierre & Miquelon|Saint-Pierre-et-Miquelon
PN PCN NZD Pacific/Pitcairn Pitcairn Islands|Pitcairn
PR PRI USD America/Puerto_Rico Puerto Rico
PS PSE ILS Asia/Gaza Palestinian Territories|State of Palestine|Palestine|الأراضي الفلسطينية
PT PRT EUR Europe/Lisbon Portugal
PW PLW USD Pacific/Palau Palau
PY PRY PYG America/Asuncion Paraguay|Paraguai
QA QAT QAR Asia/Qatar Qatar|قطر
RE REU EUR Indian/Reunion Réunion|La Réunion
RO ROU RON Europe/Bucharest Romania
RS SRB RSD Europe/Belgrade Serbia|Srbija|Србија
RU RUS RUB Europe/Moscow Russia|Russian Federation|Россия
RW RWA RWF Africa/Kigali Rwanda|U Rwanda
SA SAU SAR Asia/Riyadh Saudi Arabia|المملكة العربية السعودية
SB SLB SBD Pacific/Guadalcanal Solomon Islands
SC SYC SCR Indian/Mahe Seychelles
SD SDN SDG Africa/Khartoum Sudan|السودان
SE SWE SEK Europe/Stockholm Sweden|Sverige
SG SGP SGD Asia/Singapore Singapore|新加坡|Singapura|சிங்கப்பூர்
SH SHN SHP Atlantic/St_Helena St. Helena|Saint Helena, Ascension and Tristan da Cunha
SI SVN EUR Europe/Ljubljana Slovenia|Slovenija
SJ SJM NOK Arctic/Longyearbyen Svalbard & Jan Mayen|Svalbard og Jan Mayen
SK SVK EUR Europe/Bratislava Slovakia|Slovensko
SL SLE SLE Africa/Freetown Sierra Leone
SM SMR EUR Europe/San_Marino San Marino
SN SEN XOF Africa/Dakar Senegal|Senegaal
SO SOM SOS Africa/Mogadishu Somalia|Soomaaliya|الصومال
SR SUR SRD America/Paramaribo Suriname
SS SSD SSP Africa/Juba South Sudan
ST STP STN Africa/Sao_Tome São Tomé & Príncipe|São Tomé e Príncipe
SV SLV USD America/El_Salvador El Salvador
SX SXM XCG America/Lower_Princes Sint Maarten|Sint Maarten (Dutch part)
SY SYR SYP Asia/Damascus Syria|Syrian Arab Republic|سوريا
SZ SWZ SZL Africa/Mbabane Eswatini|Swaziland
TC TCA USD America/Grand_Turk Turks & Caicos Islands
TD TCD XAF Africa/Ndjamena Chad|تشاد|Tchad
TF ATF EUR Indian/Kerguelen French Southern Territories
TG TGO XOF Africa/Lome Togo
TH THA THB Asia/Bangkok Thailand|ไทย
TJ TJK TJS Asia/Dushanbe Tajikistan|Тоҷикистон
TK TKL NZD Pacific/Fakaofo Tokelau
TL TLS USD Asia/Dili Timor-Leste|East Timor
TM TKM TMT Asia/Ashgabat Turkmenistan
TN TUN TND Africa/Tunis Tunisia|تونس|Tunisie
TO TON TOP Pacific/Tongatapu Tonga
TR TUR TRY Europe/Istanbul Türkiye|Turkey
TT TTO TTD America/Port_of_Spain Trinidad & Tobago
TV TUV AUD Pacific/Funafuti Tuvalu
TW TWN TWD Asia/Taipei Taiwan|台灣|Taiwan, Province of China
TZ TZA TZS Africa/Dar_es_Salaam Tanzania
UA UKR UAH Europe/Kyiv Ukraine|Україна|Украина
UG UGA UGX Africa/Kampala Uganda
UM UMI USD Pacific/Wake U.S. Outlying Islands|United States Minor Outlying Islands
US USA USD America/New_York United States|USA|United States of America|America
UY URY UYU America/Montevideo Uruguay
UZ UZB UZS Asia/Tashkent Uzbekistan|Oʻzbekiston|Ўзбекистон
VA VAT EUR Europe/Vatican Vatican City|Holy See|Vatican|Città del Vaticano
VC VCT XCD America/St_Vincent St. Vincent & Grenadines|Saint Vincent and the Grenadines
VE VEN VES America/Caracas Venezuela
VG VGB USD America/Tortola British Virgin Islands|Virgin Islands, British
VI VIR USD America/St_Thomas U.S. Virgin Islands|Virgin Islands, U.S.
VN VNM VND Asia/Ho_Chi_Minh Vietnam
VU VUT VUV Pacific/Efate Vanuatu
WF WLF XPF Pacific/Wallis Wallis & Futuna|Wallis-et-Futuna
WS WSM WST Pacific/Apia Samoa
YE YEM YER Asia/Aden Yemen|اليمن
YT MYT EUR Indian/Mayotte Mayotte
ZA ZAF ZAR Africa/Johannesburg South Africa
ZM ZMB ZMW Africa/Lusaka Zambia
ZW ZWE ZWG Africa/Harare Zimbabwe
"""

_SMALL_WORDS = frozenset({"the", "of", "and"})


def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a code or name, in English or the country's languages.

    `si`, `SVN`, `Slovenia`, `Slovenija` and `Republic of Slovenia` are SI; `UK` and
    `USA` are understood. None where nothing is known by that name.
    """
    bare = text.strip()
    names, codes = _names()
    if found := codes.get(bare.upper().replace(".", "")) or names.get(_key(bare)):
        return found
    head, _, tail = bare.partition(" of ")
    if tail and head.lower().endswith(("republic", "kingdom", "state", "confederation")):
        return names.get(_key(tail))
    if "," in bare:  # as ISO lists them: Moldova, Republic of
        return names.get(_key(bare.partition(",")[0]))
    return None


def country_name(code: str) -> str | None:
    """The English name of an alpha-2 code."""
    row = _rows().get(code.upper())
    return row[3] if row else None


def currency_of(code: str) -> str | None:
    """The ISO 4217 currency that is used in a country."""
    row = _rows().get(code.upper())
    return row[1] if row else None


def time_zone_of(code: str) -> str | None:
    """The IANA time zone that most people of a country live in."""
    row = _rows().get(code.upper())
    return row[2] if row else None


def country_codes() -> list[str]:
    """All alpha-2 codes, in order."""
    return list(_rows())


@cache
def _rows() -> dict[str, tuple[str, str, str, str, tuple[str, ...]]]:
    """Alpha-2 → alpha-3, currency, time zone, English name, further names."""
    rows = {}
    for line in _TABLE.strip().splitlines():
        alpha2, alpha3, currency, zone, names = line.split(" ", 4)
        name, *others = names.split("|")
        rows[alpha2] = (alpha3, currency, zone, name, tuple(others))
    return rows


@cache
def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Names by their key, and codes: apart, since Egypt in Arabic letters folds to `msr`."""
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    for code, (alpha3, _, _, name, others) in _rows().items():
        codes |= {code: code, alpha3: code}
        for word in (name, *others):
            names.setdefault(_key(word), code)
    names.pop("", None)
    return names, codes


def _key(name: str) -> str:
    """A name without case, accents, signs and small words: U.S.A. is usa."""
    return "".join(word for word in tokens(name) if word not in _SMALL_WORDS)
