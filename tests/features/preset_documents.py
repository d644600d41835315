"""Made-up exports of programs that keep no tables: what comes of each, by the preset's name.

`text` is a file, or the files of a folder by their paths; `first` names the presets that are
imported before, from the sample of that name.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Document(NamedTuple):
    """A file or a folder, the columns that are asked of what was imported, and their cells."""

    file: str
    text: str | dict[str, str]
    columns: str
    wanted: tuple[str, ...]
    first: tuple[str, ...] = ()


def _values(type: str, *values: Any) -> dict[str, Any]:
    return {"count": len(values), "type": type, "values": list(values)}


_CREATED = "2026-10-01T08:00:00Z"
_FIELD_TYPES = [
    {"uuid": f"t-{name}", "created_at": _CREATED, "properties": {"name": name}}
    for name in ("Email", "Phone", "Facebook")
]


def _field(type: str, text: str) -> dict[str, Any]:
    return {"created_at": _CREATED, "properties": {"data": text, "type": f"t-{type}"}}


_ANA = {
    "uuid": "c-1",
    "created_at": _CREATED,
    "properties": {
        "first_name": "Ana",
        "last_name": "Novak",
        "is_starred": True,
        "company": "Acme Inc.",
        "job": "Buyer",
        "tags": ["vip", "coffee"],
        "gender": "F",
        "food_preferences": "no nuts",
        "birthdate": {
            "uuid": "d-1",
            "is_age_based": False,
            "is_year_unknown": False,
            "date": "1984-11-22T00:00:00Z",
        },
    },
    "data": [
        _values(
            "contact_field",
            _field("Email", "ana@novak.example"),
            _field("Phone", "+386 40 123 456"),
            _field("Phone", "+386 1 555 00 00"),
            _field("Facebook", "ana.novak"),
        ),
        _values(
            "address",
            {"properties": {"name": "home", "street": "Trg 1", "city": "Koper", "country": "SI"}},
        ),
        _values(
            "call",
            {
                "created_at": _CREATED,
                "properties": {
                    "called_at": "2026-11-02T09:00:00Z",
                    "content": "About beans",
                    "contact_called": True,
                },
            },
        ),
        _values("note", {"created_at": _CREATED, "properties": {"body": "Likes dark roasts"}}),
        _values(
            "task",
            {"uuid": "k-1", "properties": {"title": "Send samples", "completed": False}},
            {
                "uuid": "k-2",
                "properties": {
                    "title": "Ask for the address",
                    "completed": True,
                    "completed_at": "2026-11-03T10:00:00Z",
                },
            },
        ),
        _values(
            "reminder",
            {
                "uuid": "r-1",
                "properties": {
                    "title": "Reorder",
                    "initial_date": "2026-12-01",
                    "frequency_type": "week",
                    "frequency_number": 2,
                },
            },
        ),
        _values("activity", "a-1"),
    ],
}
_MONICA = json.dumps(
    {
        "version": "1.0",
        "account": {
            "uuid": "x-1",
            "data": [
                _values("user", {"uuid": "u-1", "properties": {"first_name": "Petra"}}),
                _values("contact", _ANA),
                _values(
                    "activity",
                    {
                        "uuid": "a-1",
                        "properties": {
                            "summary": "Lunch",
                            "description": "At the harbour",
                            "happened_at": "2026-11-04",
                        },
                    },
                ),
            ],
            "instance": {"contact_field_types": _FIELD_TYPES},
        },
    }
)
_ESPO = {
    "espocrm-accounts": {
        "id": "64a0f0",
        "name": "Acme Inc.",
        "website": "https://acme.example",
        "emailAddress": "info@acme.example",
        "phoneNumber": "+386 1 555 01 01",
        "phoneNumberData": [
            {"phoneNumber": "+386 1 555 01 01", "type": "Office", "primary": True},
            {"phoneNumber": "+386 40 123 456", "type": "Mobile", "primary": False},
        ],
        "industry": "Software",
        "billingAddressStreet": "Trg 1",
        "billingAddressCity": "Koper",
        "billingAddressCountry": "Slovenia",
        "sicCode": "6201",
    },
    "espocrm-contacts": {
        "id": "64a0f1",
        "firstName": "Ana",
        "lastName": "Novak",
        "accountName": "Acme Inc.",
        "title": "Buyer",
        "emailAddress": "ana@novak.example",
        "emailAddressData": [
            {"emailAddress": "ana@novak.example", "primary": True, "optOut": False},
            {"emailAddress": "ana@home.example", "primary": False, "optOut": False},
        ],
        "phoneNumber": None,
        "addressCity": "Koper",
    },
    "espocrm-leads": {
        "id": "64a0f2",
        "firstName": "Bor",
        "lastName": "Lah",
        "accountName": None,
        "emailAddress": "bor@lah.example",
        "status": "In Process",
        "source": "Web Site",
    },
    "espocrm-opportunities": {
        "id": "64a0f3",
        "name": "Beans",
        "stage": "Proposal",
        "amount": 1200.5,
        "amountCurrency": "EUR",
        "closeDate": "2026-12-31",
        "accountName": "Maja Kos",
    },
}


def _espo(name: str) -> str:
    return json.dumps({"total": 1, "list": [_ESPO[name]]})


_PERSON = {
    "id": 1,
    "uuid": "0f-1",
    "first_name": "Ana",
    "name": "Ana Novak",
    "last_name": "Novak",
    "email": "ana@novak.example",
    "title": "Buyer",
    "org_id": 1,
    "created_at": "2026-10-01T08:00:00Z",
}
_ORGANIZATION = {
    "id": 1,
    "uuid": "0e-1",
    "name": "Acme Inc.",
    "domain": "acme.example",
    "industry": "Software",
    "created_at": "2026-10-01T08:00:00Z",
}
_HERMIT = {
    "companies/acme/company.md": "---\nname: Acme Inc.\nslug: acme\nwebsite: https://acme.example\n"
    "country: SI\nsource: referral\nstage: offer\nvalue_eur_month: 300\n"
    "tags: [beans, vip]\ntasks:\n  - {text: send the price list, due: 2026-12-02}\n"
    "  - {text: call, done: true, done_on: 2026-11-02}\ncreated: 2026-10-01T08:00\n---\n"
    "Two shops.\n",
    "companies/acme/contacts/ana-novak.md": "---\nfirst_name: Ana\nlast_name: Novak\n"
    "slug: ana-novak\ntitle: Buyer\nemail: ana@novak.example\nphone:\nrole: decision-maker\n"
    "tasks:\n  - {text: congratulate, due: 2026-12-03}\n---\n",
    "companies/acme/interactions/2026-11-02T0900-call-out-ana-novak.md": "---\n"
    "date: 2026-11-02T09:00\nchannel: call\ndirection: out\ncontact: ana-novak\n"
    "subject: Beans\noutcome: interested\n---\nWants samples.\n",
    "companies/acme/interactions/2026-11-03T0900-note-acme.md": "---\n"
    "date: 2026-11-03T09:00\nchannel: note\ndirection:\ncontact:\nsubject: Prices\n---\n"
    "Prices go up.\n",
    "PIPELINE.md": "# Pipeline\n",
    ".git/description.md": "no note\n",
}
_ABOOK = (
    "# abook addressbook file\n\n[format]\nprogram=abook\nversion=0.6.1\n\n\n[0]\nname=Ana Novak\n"
    "email=ana@novak.example,ana@home.example\naddress=Trg 1\naddress2=II\ncity=Koper\nzip=6000\n"
    "country=Slovenia\nphone=01 555 00 00\nmobile=040 123 456\nnick=Anči\n"
    "notes=a = b, and more\ngroups=vip,coffee\ncustom1=dark\n\n"
)
_LEXWARE = {
    "id": "e9-1",
    "version": 0,
    "roles": {"customer": {"number": 10307}},
    "company": {
        "name": "Acme GmbH",
        "vatRegistrationId": "SI82646716",
        "contactPersons": [{"firstName": "Ana", "lastName": "Novak", "primary": True}],
    },
    "addresses": {
        "billing": [{"street": "Trg 1", "zip": "6000", "city": "Koper", "countryCode": "SI"}]
    },
    "emailAddresses": {"business": ["info@acme.example"]},
    "phoneNumbers": {"business": ["+386 1 555 01 01"], "mobile": ["+386 40 123 456"]},
    "note": "Two shops",
    "archived": False,
}
_MET = "at,customer,kind,direction,summary"
_PEOPLE = ("monica-contacts",)
_HERMITS = ("hermitcrm-companies", "hermitcrm-contacts")

DOCUMENTS = {
    "monica-contacts": Document(
        "monica.json",
        _MONICA,
        "id,name,emails,phones,city,birth_date,tags,source_system,external_id",
        (
            'ana-novak,Ana Novak,ana@novak.example,"\'+386 40 123 456; +386 1 555 00 00",Koper,'
            '1984-11-22,"vip; coffee",monica,c-1',
        ),
    ),
    "monica-calls": Document(
        "monica.json",
        _MONICA,
        _MET,
        ("2026-11-02T10:00+01:00,ana-novak,call,inbound,About beans",),
        _PEOPLE,
    ),
    "monica-notes": Document(
        "monica.json",
        _MONICA,
        _MET,
        ("2026-10-01T10:00+02:00,ana-novak,note,,Likes dark roasts",),
        _PEOPLE,
    ),
    "monica-activities": Document(
        "monica.json", _MONICA, _MET, ("2026-11-04,ana-novak,meeting,,Lunch",), _PEOPLE
    ),
    "monica-tasks": Document(
        "monica.json",
        _MONICA,
        "customer,title,status,completed",
        (
            "ana-novak,Send samples,open,",
            "ana-novak,Ask for the address,completed,2026-11-03T11:00+01:00",
        ),
        _PEOPLE,
    ),
    "monica-reminders": Document(
        "monica.json",
        _MONICA,
        "customer,title,due,rrule",
        ('ana-novak,Reorder,2026-12-01,"FREQ=WEEKLY;INTERVAL=2"',),
        _PEOPLE,
    ),
    "espocrm-accounts": Document(
        "accounts.json",
        _espo("espocrm-accounts"),
        "id,name,kind,emails,phones,country,external_id",
        (
            "acme-inc,Acme Inc.,organization,info@acme.example,"
            '"\'+386 1 555 01 01; +386 40 123 456",SI,64a0f0',
        ),
    ),
    "espocrm-contacts": Document(
        "contacts.json",
        _espo("espocrm-contacts"),
        "id,name,emails,city,organization,external_id",
        ('ana-novak,Ana Novak,"ana@novak.example; ana@home.example",Koper,acme-inc,64a0f1',),
    ),
    "espocrm-leads": Document(
        "leads.json",
        _espo("espocrm-leads"),
        "id,name,lifecycle_stage,lead_status,source,external_id",
        ("bor-lah,Bor Lah,lead,in_process,web_site,64a0f2",),
    ),
    "espocrm-opportunities": Document(
        "opportunities.json",
        _espo("espocrm-opportunities"),
        "name,customer,stage,value,expected_close",
        ("Beans,maja-kos,proposal,1200.50,2026-12-31",),
    ),
    "crm-cli-people": Document(
        "people.json",
        json.dumps([_PERSON]),
        "id,name,email,organization,external_id",
        ("ana-novak,Ana Novak,ana@novak.example,acme-inc,person-1",),
        ("crm-cli-organizations",),
    ),
    "crm-cli-organizations": Document(
        "organizations.json",
        json.dumps([_ORGANIZATION]),
        "id,name,kind,url,external_id",
        ("acme-inc,Acme Inc.,organization,acme.example,organization-1",),
    ),
    "crm-cli-deals": Document(
        "Deals.csv",
        "ID,UUID,Title,Value,Stage,PersonID,OrgID,Notes,ClosedAt,CreatedAt,UpdatedAt\n"
        "1,0d-1,Beans,1200.5,prospect,1,,,,2026-10-02T08:00:00Z,2026-10-02T08:00:00Z\n",
        "name,customer,stage,value,external_id",
        ("Beans,ana-novak,qualification,1200.50,0d-1",),
        ("crm-cli-organizations", "crm-cli-people"),
    ),
    "crm-cli-tasks": Document(
        "Tasks.csv",
        "ID,UUID,Title,Description,PersonID,DealID,DueAt,Priority,Completed,CompletedAt,CreatedAt,"
        "UpdatedAt\n"
        "1,0c-1,Call,,1,,2026-12-02,high,false,,2026-10-02T08:00:00Z,2026-10-02T08:00:00Z\n",
        "customer,title,due,priority,status",
        ("ana-novak,Call,2026-12-02,high,open",),
        ("crm-cli-organizations", "crm-cli-people"),
    ),
    "crm-cli-interactions": Document(
        "interactions.json",
        json.dumps(
            [
                {
                    "id": 1,
                    "uuid": "0b-1",
                    "type": "call",
                    "subject": "Beans",
                    "content": "Wants samples",
                    "direction": "outbound",
                    "occurred_at": "2026-11-02T09:00:00Z",
                    "person_ids": [1],
                }
            ]
        ),
        "at,customer,kind,direction,subject,summary",
        ("2026-11-02T10:00+01:00,ana-novak,call,outbound,Beans,Wants samples",),
        ("crm-cli-organizations", "crm-cli-people"),
    ),
    "hermitcrm-companies": Document(
        "hermit",
        _HERMIT,
        "id,name,kind,lifecycle_stage,lead_status,source,tags,notes,external_id",
        (
            "acme-inc,Acme Inc.,organization,qualified,in_process,word_of_mouth,"
            '"beans; vip",Two shops.,acme',
        ),
    ),
    "hermitcrm-contacts": Document(
        "hermit",
        _HERMIT,
        "id,name,email,organization,external_id",
        ("ana-novak,Ana Novak,ana@novak.example,acme-inc,acme/ana-novak",),
        ("hermitcrm-companies",),
    ),
    "hermitcrm-interactions": Document(
        "hermit",
        _HERMIT,
        "at,customer,kind,direction,subject,summary",
        (
            "2026-11-02T09:00+01:00,ana-novak,call,outbound,Beans,Wants samples.",
            "2026-11-03T09:00+01:00,acme-inc,note,,Prices,Prices go up.",
        ),
        _HERMITS,
    ),
    "hermitcrm-tasks": Document(
        "hermit",
        _HERMIT,
        "customer,title,due,status,completed",
        (
            "acme-inc,send the price list,2026-12-02,open,",
            "acme-inc,call,,completed,2026-11-02",
        ),
        _HERMITS,
    ),
    "hermitcrm-contact-tasks": Document(
        "hermit",
        _HERMIT,
        "customer,title,due,status",
        ("ana-novak,congratulate,2026-12-03,open",),
        _HERMITS,
    ),
    "abook": Document(
        "addressbook",
        _ABOOK,
        "id,name,nickname,emails,phones,street,postcode,country,tags,notes",
        (
            'ana-novak,Ana Novak,Anči,"ana@novak.example; ana@home.example",'
            '"01 555 00 00; 040 123 456","Trg 1, II",6000,SI,"vip; coffee","a = b, and more"',
        ),
    ),
    "lexware-contacts": Document(
        "contacts.json",
        json.dumps({"content": [_LEXWARE], "totalPages": 1, "sort": [{"property": "name"}]}),
        "id,name,emails,phones,city,tax_id,external_id",
        (
            "acme-gmbh,Acme GmbH,info@acme.example,"
            '"\'+386 1 555 01 01; +386 40 123 456",Koper,SI82646716,e9-1',
        ),
    ),
}
