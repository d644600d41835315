"""Made-up tables in the shape of more exports; see `preset_samples.py`."""

from __future__ import annotations

from tests.features.preset_samples import Sample

TABLES = {
    "pipedrive-people": Sample(
        "Person - ID,Person - Name,Person - First name,Person - Last name,Person - Organization,"
        "Person - Email - Work,Person - Email - Home,Person - Phone - Work,Person - Phone - Mobile,"
        "Person - Owner,Person - Open deals\n"
        "7,Ana Novak,Ana,Novak,Acme Inc.,ana@novak.example,,01 555 00 00,040 123 456,Petra,2\n",
        "id,name,email,phones,organization,external_id",
        ('ana-novak,Ana Novak,ana@novak.example,"01 555 00 00; 040 123 456",acme-inc,person-7',),
    ),
    "pipedrive-organizations": Sample(
        "Organization - ID,Organization - Name,Organization - Owner,Organization - Address,"
        "Organization - City/town/village/locality of Address,Organization - Country of Address,"
        "Organization - People\n"
        '7,Acme Inc.,Petra,"Trg 1, Koper",Koper,Slovenia,2\n',
        "id,name,kind,city,country,external_id",
        ("acme-inc,Acme Inc.,organization,Koper,SI,organization-7",),
    ),
    "pipedrive-deals": Sample(
        "Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Organization,"
        "Deal - Contact person,Deal - Stage,Deal - Status,Deal - Expected close date,"
        "Deal - Deal created\n"
        "5,Beans,1200.50,EUR,,Maja Kos,Proposal Made,Open,2026-12-31,2026-10-02 08:15:00\n"
        "6,Mugs,100.00,EUR,,Maja Kos,Qualified,Won,2026-10-31,2026-10-02 08:15:00\n",
        "name,customer,stage,value,external_id",
        ("Beans,maja-kos,proposal,1200.50,5", "Mugs,maja-kos,won,100.00,6"),
    ),
    "zoho-accounts": Sample(
        "Record Id,Account Owner,Account Name,Phone,Website,Industry,Employees,Billing Street,"
        "Billing City,Billing Code,Billing Country\n"
        "zcrm_1,Petra,Acme Inc.,01 555 00 00,acme.example,Software,12,Trg 1,Koper,6000,Slovenia\n",
        "id,name,kind,employees,city,country,source_system,external_id",
        ("acme-inc,Acme Inc.,organization,12,Koper,SI,zoho,zcrm_1",),
    ),
    "zoho-leads": Sample(
        "Record Id,Lead Owner,Company,First Name,Last Name,Title,Email,Phone,Lead Source,"
        "Lead Status,City,Country\n"
        "zcrm_2,Petra,Acme Inc.,Ana,Novak,Buyer,ana@novak.example,01 555 00 00,Cold Call,"
        "Contacted,Koper,Slovenia\n",
        "id,name,lifecycle_stage,lead_status,organization,external_id",
        ("ana-novak,Ana Novak,lead,in_process,acme-inc,zcrm_2",),
    ),
    "zoho-deals": Sample(
        "Record Id,Deal Owner,Deal Name,Account Name,Contact Name,Stage,Amount,Closing Date,"
        "Probability (%)\n"
        "zcrm_3,Petra,Beans,,Maja Kos,Negotiation/Review,1200.50,2026-12-31,80\n",
        "name,customer,stage,value,external_id",
        ("Beans,maja-kos,negotiation,1200.50,zcrm_3",),
    ),
    "mailchimp": Sample(
        "Email Address,First Name,Last Name,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,"
        "OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TIMEZONE,CC,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
        "ana@novak.example,Ana,Novak,,11/22,4,2026-10-02 08:15:00,192.0.2.1,2026-10-02 08:20:00,"
        '192.0.2.1,Europe/Ljubljana,SI,2026-10-02 08:20:00,77,e-77,,"""VIP"",""Coffee"""\n',
        "id,name,email,birth_date,tags,source_system,external_id",
        ('ana-novak,Ana Novak,ana@novak.example,"\'--11-22","VIP; Coffee",mailchimp,77',),
    ),
    "quickbooks-customers": Sample(
        "Name,Company name,Street Address,City,State,Country,Zip,Phone,Email,Attachments,"
        "Open Balance\n"
        "Ana Novak,,Trg 1,Koper,,Slovenia,6000,01 555 00 00,ana@novak.example,0,12.50\n",
        "id,name,email,city,postcode",
        ("ana-novak,Ana Novak,ana@novak.example,Koper,6000",),
    ),
    "quickbooks-invoices": Sample(
        "*InvoiceNo,*Customer,*InvoiceDate,*DueDate,Terms,Memo,Item(Product/Service),"
        "ItemDescription,ItemQuantity,ItemRate,*ItemAmount\n"
        "2001,Maja Kos,2026-11-02,2026-12-02,Net 30,,,Mug,2,5.50,11.00\n"
        "2001,,,,,,,Cup,1,3.50,3.50\n",
        "date,kind,number,due_date,net",
        ("2026-11-02,invoice,2001,2026-12-02,14.50",),
    ),
    "xero-contacts": Sample(
        "*ContactName,AccountNumber,EmailAddress,FirstName,LastName,POAddressLine1,POAddressLine2,"
        "POCity,POPostalCode,POCountry,SAAddressLine1,PhoneNumber,MobileNumber,TaxNumber,Website\n"
        "Acme Inc.,A-7,info@acme.example,Ana,Novak,Trg 1,II,Koper,6000,Slovenia,,01 555 00 00,"
        "040 123 456,SI82646716,acme.example\n",
        "id,name,email,street,phones,tax_id,external_id",
        (
            'acme-inc,Acme Inc.,info@acme.example,"Trg 1, II","01 555 00 00; 040 123 456",'
            "SI82646716,A-7",
        ),
    ),
    "lexware-table": Sample(
        "Kundennummer;Firmenname;Steuernummer;Umsatzsteuer ID;Anrede;Vorname;Nachname;E-Mail 1;"
        "Telefon 1;Straße;PLZ;Ort;Land\n"
        "10001;Acme GmbH;;SI82646716;;;;info@acme.example;01 555 00 00;Trg 1;6000;Koper;Slowenien\n"
        "10002;;;;Frau;Ana;Novak;ana@novak.example;;Trg 2;6000;Koper;Slowenien\n",
        "id,name,email,tax_id,external_id",
        ("acme-gmbh,Acme GmbH,info@acme.example,SI82646716,10001",),
    ),
}
