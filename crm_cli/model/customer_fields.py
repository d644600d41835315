"""What is written of a customer: the fields of the kind in `customer.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_cli.model.address import ADDRESS
from crm_cli.model.agreement import AGREEMENT
from crm_cli.model.campaign_response import CAMPAIGN_RESPONSE
from crm_cli.model.case import CASE
from crm_cli.model.consent import CONSENT
from crm_cli.model.contacts import EMAIL, PHONE, SOCIAL, TAG, URL
from crm_cli.model.credit import CREDIT
from crm_cli.model.deal import DEAL
from crm_cli.model.deferral import DEFERRAL
from crm_cli.model.feedback import FEEDBACK, INVITATION
from crm_cli.model.fieldtypes import (
    Boolean,
    Choice,
    Code,
    Date,
    Every,
    Free,
    Integer,
    Language,
    Moment,
    Partial,
    Reference,
    Text,
    Texts,
    TimeZone,
    User,
    Word,
)
from crm_cli.model.interaction import INTERACTION
from crm_cli.model.kind import NOTES, Field, GroupOf, ListOf
from crm_cli.model.loss import LOSS
from crm_cli.model.payment import PAYMENT
from crm_cli.model.people import (
    ANNIVERSARY,
    CONTACT,
    INTEREST,
    MEMBERSHIP,
    ORGANIZATION,
    PREFERENCE,
    RELATION,
)
from crm_cli.model.permission import CHANNELS
from crm_cli.model.purchase import PURCHASE
from crm_cli.model.rule import RULE_MARK
from crm_cli.model.task import TASK

if TYPE_CHECKING:
    pass


CUSTOMER_KINDS = ("person", "organization")
"""Unknown where absent."""

LIFECYCLE_STAGES = ("lead", "qualified", "customer", "former")
"""How far somebody has come."""

LEAD_STATUSES = ("new", "assigned", "in_process", "converted", "recycled", "dead")
"""How far a lead has come."""

SOURCES = (
    "web_search",
    "web_site",
    "social_media",
    "advertisement",
    "word_of_mouth",
    "existing_customer",
    "partner",
    "employee",
    "cold_call",
    "trade_show",
    "direct_mail",
    "email",
    "campaign",
    "walk_in",
    "other",
)
"""How somebody found us."""

FIELDS: tuple[Field, ...] = (
    Field(
        "name",
        Text(),
        "full name, or name of the organization",
        headings="full_name customer_name display_name naziv ime ime_in_priimek kunde",
    ),
    Field(
        "given_name",
        Text(),
        "first name",
        private=False,
        headings="first_name firstname vorname prenom nome osebno_ime",
    ),
    Field(
        "family_name",
        Text(),
        "last name",
        private=False,
        headings="last_name lastname surname nachname priimek nom cognome prezime",
    ),
    Field("nickname", Text(), "what friends call them", private=False),
    Field("legal_name", Text(), "registered name", private=False),
    Field("kind", Choice(CUSTOMER_KINDS), "person or organization"),
    Field(
        "lifecycle_stage",
        Choice(LIFECYCLE_STAGES, vocabulary="lifecycle_stage"),
        "stage of the relationship",
        aliases=("stage",),
        label="stage",
        event=True,
    ),
    Field(
        "lead_status",
        Choice(LEAD_STATUSES, vocabulary="lead_status"),
        "stage of a lead",
    ),
    Field(
        "owner",
        User(),
        "user responsible for the customer",
        headings="account_manager sales_rep skrbnik account_owner contact_owner company_owner "
        "lead_owner record_owner",
    ),
    Field("source", Choice(SOURCES, vocabulary="source"), "how they found us"),
    Field("source_detail", Text(), "details of the source"),
    Field("referred_by", Reference("customer"), "who referred them", acyclic=True),
    Field(
        "industry",
        Text(),
        "line of business",
        private=False,
        headings="sector branch dejavnost panoga branche",
    ),
    Field("employees", Integer(), "number of employees"),
    Field("gender", Word(), "gender", private=True),
    Field(
        "birth_date",
        Partial(),
        "date of birth; else that among the anniversaries, of kind birth",
        aliases=("birthday",),
        also="anniversary/kind.is:birth",
        private=True,
        headings="birthday date_of_birth dob datum_rojstva rojstni_dan geburtsdatum",
    ),
    Field("language", Language(), "BCP 47 language tag", headings="jezik sprache lang"),
    Field("time_zone", TimeZone(), "IANA time zone"),
    Field(
        "preferred_channel",
        Choice(CHANNELS, vocabulary="preferred_channel"),
        "preferred way to contact them",
    ),
    Field(
        "registration_id",
        Code(),
        "company registration number",
        headings="company_number maticna_stevilka",
    ),
    Field(
        "tax_id",
        Code(),
        "tax number",
        headings="vat vat_id vat_number tax_number davcna_stevilka davcna id_za_ddv ust_id "
        "uid partita_iva oib",
    ),
    Field("vat_registered", Boolean(), "registered for value-added tax"),
    Field("supplier", Boolean(), "also a supplier"),
    Field("contact_every", Every(), "how often to be in touch"),
    Field(
        "parent", Reference("customer"), "the head of the group that it belongs to", acyclic=True
    ),
    Field("price_list", Word(), "the price list that they are on, as products.yaml names it"),
    Field("prices", Free(), "their own prices by product: beans-1kg: 14.90"),
    Field(
        "formerly",
        Texts(),
        "ids that they had: those of records merged into this one, and SYSTEM:ID elsewhere",
        searched=False,
    ),
    Field(
        "not_same",
        Texts("customer", required=False),
        "ids of customers who look alike and are not the same",
        searched=False,
    ),
    Field("created", Moment(), "when the record was created"),
    Field("source_system", Word(), "the system it was imported from"),
    Field(
        "external_id",
        Code(),
        "its id there",
        headings="customer_id customerid client_id account_number sifra sifra_stranke "
        "kundennummer",
    ),
    Field("forgotten", Date(), "the day they were forgotten: only the books name it still"),
    Field("card_uid", Word(), "UID of their vCard in the address book that it is from"),
    Field("photo", Text(), "path or web address of a picture"),
    Field("vcard", Texts(), "lines of their vCard that no field is for"),
    Field("custom", Free(), "your own fields"),
    Field("notes", Text(), "anything else", headings=NOTES),
    Field(
        "tags",
        ListOf(TAG),
        "tags to group and find customers by",
        lifts={"tag": "value"},
        separate=True,
        headings="labels groups group_membership oznake",
    ),
    Field(
        "emails",
        ListOf(EMAIL),
        "e-mail addresses",
        lifts={"email": "value"},
        headings="e_mail mail email_address e_mail_address eposta e_posta enaslov e_naslov "
        "elektronski_naslov",
    ),
    Field(
        "phones",
        ListOf(PHONE),
        "telephone numbers",
        lifts={"phone": "value"},
        headings="tel telephone phone_number telefon telefonska_stevilka telefono "
        "broj_telefona; "
        "mobile mobile_phone cell cellphone gsm mobitel handy mobil; "
        "fax telefax faks",
    ),
    Field(
        "urls",
        ListOf(URL),
        "web addresses",
        lifts={"url": "value"},
        headings="website web web_site homepage www spletna_stran",
    ),
    Field("social", ListOf(SOCIAL), "names on social networks"),
    Field(
        "addresses",
        ListOf(ADDRESS),
        "postal addresses",
        lifts={
            "street": "street",
            "city": "city",
            "region": "region",
            "postcode": "postcode",
            "country": "country",
        },
        hoists=("street", "city", "region", "postcode", "country"),
    ),
    Field(
        "contacts",
        ListOf(CONTACT),
        "contact persons of an organization",
        headings="contact_name contact_person kontaktna_oseba kontaktperson ansprechpartner",
    ),
    Field(
        "organizations",
        ListOf(ORGANIZATION),
        "organizations a person belongs to",
        headings="company company_name organisation organization_name account_name firm "
        "employer firma podjetje naziv_podjetja unternehmen ragione_sociale",
    ),
    Field("relations", ListOf(RELATION), "relations to other customers"),
    Field(
        "anniversaries",
        ListOf(ANNIVERSARY),
        "anniversaries and other dates to remember",
        asked="date",
    ),
    Field("deferrals", ListOf(DEFERRAL), "what is due, put off or dismissed: crm due snooze"),
    Field("interests", ListOf(INTEREST), "hobbies, interests and expertise", separate=True),
    Field("memberships", ListOf(MEMBERSHIP), "clubs and associations"),
    Field("preferences", ListOf(PREFERENCE), "preferences"),
    Field("interactions", ListOf(INTERACTION), "calls, meetings, e-mails and other contacts"),
    Field("tasks", ListOf(TASK), "things to do"),
    Field("deals", ListOf(DEAL), "sales opportunities"),
    Field("purchases", ListOf(PURCHASE), "sales, orders, invoices and credit notes"),
    Field("payments", ListOf(PAYMENT), "payments and refunds"),
    Field("credit", GroupOf(CREDIT), "credit limit and payment terms"),
    Field("cases", ListOf(CASE), "questions, complaints, returns and other cases"),
    Field("feedback", ListOf(FEEDBACK), "what they say of us: scores, words, reviews"),
    Field("survey_invitations", ListOf(INVITATION), "the surveys they were asked to answer"),
    Field("consents", ListOf(CONSENT), "what they agreed to and refused: crm consent add"),
    Field("agreements", ListOf(AGREEMENT), "terms of use, contracts and NDAs"),
    Field(
        "campaign_responses",
        ListOf(CAMPAIGN_RESPONSE),
        "what became of them in campaigns",
    ),
    Field(
        "losses",
        ListOf(LOSS),
        "when they were lost, to whom and why; and won back",
        aliases=("lost",),
    ),
    Field("rules", ListOf(RULE_MARK), "the rules that were carried out here: crm rules"),
)
"""What is written of a customer, in the order of the canonical form."""
