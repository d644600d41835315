"""Made-up files in the shape of other programs' exports: what comes of each, by the preset's name.

Of each the rows that are to be left out stand last. What is read goes by Maja Kos, who is in the
example directory, or by a new customer of that export.
"""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """A file, the columns that are asked of what was imported, and their cells."""

    text: str
    columns: str
    wanted: tuple[str, ...]
    left_out: int = 0


_PAID = "date,customer,amount,currency,method,reference,external_id"

FILES = {
    "stripe-customers": Sample(
        "id,Description,Email,Name,Created (UTC),Delinquent,Currency,Total Spend\n"
        "cus_9,Came by the web,ana@novak.example,Ana Novak,2026-10-02 08:15,false,eur,20.00\n",
        "id,name,email,notes,created,source_system,external_id",
        (
            "ana-novak,Ana Novak,ana@novak.example,Came by the web,2026-10-02T10:15+02:00,stripe,"
            "cus_9",
        ),
    ),
    "stripe-payments": Sample(
        "id,Description,Created (UTC),Amount,Amount Refunded,Currency,Fee,Status,Customer ID,"
        "Customer Email,Captured\n"
        "ch_1,Order 7,2026-11-02 08:15,12.50,0.00,eur,0.40,Paid,cus_1,maja@kos.example,true\n"
        "ch_2,Order 8,2026-11-03 08:15,12.50,0.00,eur,0.40,Failed,cus_1,maja@kos.example,true\n"
        "ch_3,Order 9,2026-11-03 08:15,12.50,12.50,eur,0.4,Refunded,cus_1,maja@kos.example,true\n"
        "ch_4,Order 9,2026-11-03 08:15,12.50,0.00,eur,0.4,Paid,cus_1,maja@kos.example,false\n",
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,online,Order 7,ch_1",),
        3,
    ),
    "stripe-invoices": Sample(
        "id,Number,Date (UTC),Due Date (UTC),Amount Due,Currency,Customer,Customer Email,Subtotal,"
        "Tax,Tax Percent,Total,Status\n"
        "in_1,S-0001,2026-11-02 08:15,2026-12-02,122.00,eur,cus_1,maja@kos.example,100.00,22.00,22,"
        "122.00,open\n"
        "in_2,S-0002,2026-11-03 08:15,2026-12-02,12.20,eur,cus_1,maja@kos.example,10.00,2.20,22,"
        "12.20,void\n"
        "in_3,,2026-11-03 08:15,2026-12-02,12.20,eur,cus_1,maja@kos.example,10.00,2.20,22,"
        "12.20,draft\n",
        "date,kind,number,due_date,net,gross,external_id",
        ("2026-11-02,invoice,S-0001,2026-12-02,100.00,122.00,in_1",),
        2,
    ),
    "paypal": Sample(
        "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,"
        "To Email Address,Transaction ID,Invoice Number,Balance\n"
        "22/11/2026,08:15:00,CET,Maja Kos,Website Payment,Completed,EUR,12.50,-0.60,11.90,"
        "maja@kos.example,shop@x.example,9AB,INV-7,11.90\n"
        "22/11/2026,09:15:00,CET,Maja Kos,Website Payment,Pending,EUR,5.00,0.00,5.00,"
        "maja@kos.example,shop@x.example,9AC,,11.90\n"
        "23/11/2026,08:15:00,CET,,General Withdrawal,Completed,EUR,-10.00,0,-10.00,"
        "shop@x.example,,9AD,,1.90\n"
        "23/11/2026,08:15:00,CET,,General Currency Conversion,Completed,EUR,4.00,0,4.00,"
        ",shop@x.example,9AE,,5.90\n",
        _PAID,
        ("2026-11-22,maja-kos,12.50,EUR,online,INV-7,9AB",),
        3,
    ),
    "hubspot-opt-outs": Sample(
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Create Date,Last Modified Date,"
        "Unsubscribed from all email\n"
        "11,Ana,Novak,ana@novak.example,Lead,2024-01-01 10:00,2026-02-01 10:00,true\n"
        "12,Bor,Oman,bor@oman.example,Lead,2024-01-01 10:00,2026-02-01 10:00,false\n",
        "customer,at,purpose,channel,action",
        ("ana-novak,2026-02-01T10:00+01:00,marketing,email,opt_out",),
        1,
    ),
    "hubspot-companies": Sample(
        "Record ID,Company name,Company owner,Create Date,Phone Number,City,Country/Region,"
        "Industry,Company Domain Name\n"
        "501,Acme Inc.,Petra,2026-10-02,+386 1 555 01 01,Koper,Slovenia,Software,acme.example\n",
        "id,name,kind,city,country,phone,created,source_system,external_id",
        (
            "acme-inc,Acme Inc.,organization,Koper,SI,+386 1 555 01 01,2026-10-02,hubspot,"
            "company-501",
        ),
    ),
    "hubspot-deals": Sample(
        "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Associated Company,"
        "Associated Contact Emails\n"
        "701,Beans for 2027,Contract Sent,2027-01-15,Petra,1200.00,,maja@kos.example\n"
        "702,Cups,Closed Lost,2026-10-15,Petra,90.00,Maja Kos,\n",
        "name,customer,stage,amount,expected_close,closed_at,external_id",
        (
            "Beans for 2027,maja-kos,negotiation,1200.00,2027-01-15,,701",
            "Cups,maja-kos,lost,90.00,,2026-10-15,702",
        ),
    ),
    "salesforce-contacts": Sample(
        "Contact ID,First Name,Last Name,Account Name,Title,Email,Phone,Mobile,Mailing Street,"
        "Mailing City,Mailing State/Province,Mailing Zip/Postal Code,Mailing Country\n"
        "003A,Ana,Novak,Acme Inc.,Buyer,ana@novak.example,+386 1 555 01 01,+386 40 123 456,"
        "Trg 1,Koper,,6000,Slovenia\n",
        "id,name,email,city,country,external_id",
        ("ana-novak,Ana Novak,ana@novak.example,Koper,SI,003A",),
    ),
    "salesforce-leads": Sample(
        "Lead ID,First Name,Last Name,Company / Account,Title,Email,Phone,Lead Status,Lead Source,"
        "Street,City,Country\n"
        "00QA,Ana,Novak,Acme Inc.,Buyer,ana@novak.example,+386 40 123 456,Working - Contacted,Web,"
        "Trg 1,Koper,Slovenia\n",
        "id,name,lifecycle_stage,lead_status,source,external_id",
        ("ana-novak,Ana Novak,lead,in_process,web_site,00QA",),
    ),
    "salesforce-opportunities": Sample(
        "Opportunity ID,Opportunity Name,Account Name,Stage,Close Date,Created Date,Amount,"
        "Probability (%)\n"
        "006A,Beans for 2027,Kos Maja,Proposal/Price Quote,2027-01-15,2026-10-01,1200.00,75\n",
        "name,customer,stage,amount,expected_close,created,external_id",
        ("Beans for 2027,maja-kos,proposal,1200.00,2027-01-15,2026-10-01,006A",),
    ),
    "bank-n26": Sample(
        '"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference",'
        '"Account Name","Amount (EUR)"\n'
        '2026-11-02,2026-11-02,"Maja Kos",SI56,Credit,"2026-0007",Main,12.5\n'
        '2026-11-03,2026-11-03,"Rent","DE1",Debit,Rent,Main,-500.0\n',
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,",),
        1,
    ),
    "bank-revolut": Sample(
        "Date started (UTC),Date completed (UTC),ID,Type,State,Description,Reference,Payer,Amount,"
        "Payment currency,Fee,Balance\n"
        "2026-11-02,2026-11-02,r-1,TOPUP,COMPLETED,Money added,2026-0007,Maja Kos,12.50,EUR,0,99\n"
        "2026-11-03,,r-2,TOPUP,PENDING,Money added,,Maja Kos,2.50,EUR,0,99\n"
        "2026-11-03,2026-11-03,r-3,TRANSFER,COMPLETED,To X,,,-2.50,EUR,0,99\n",
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,r-1",),
        2,
    ),
    "bank-wise": Sample(
        "TransferWise ID,Date,Amount,Currency,Description,Payment Reference,Running Balance,"
        "Payer Name,Payee Name\n"
        "TR-1,02-11-2026,12.50,EUR,Received,2026-0007,99,Maja Kos,\n"
        "TR-2,03-11-2026,-2.50,EUR,Sent,,96.50,,Rent\n",
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,TR-1",),
        1,
    ),
    "bank-sparkasse": Sample(
        '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";'
        '"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"Betrag";"Waehrung";"Info"\n'
        '"DE1";"02.11.26";"02.11.26";"GUTSCHR";"2026-0007";"Kos, Maja";"SI56";"1.012,50";"EUR";'
        '"Umsatz gebucht"\n'
        '"DE1";"03.11.26";"03.11.26";"LASTSCHR";"Miete";"Haus";"DE2";"-500,00";"EUR";'
        '"Umsatz gebucht"\n'
        '"DE1";"04.11.26";"04.11.26";"GUTSCHR";"Rest";"Kos, Maja";"SI56";"5,00";"EUR";'
        '"Umsatz vorgemerkt"\n',
        _PAID,
        ("2026-11-02,maja-kos,1012.50,EUR,credit_transfer,2026-0007,",),
        2,
    ),
    "bank-dkb": Sample(
        '"Girokonto";"DE1"\n""\n"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";'
        '"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)"\n'
        '"02.11.26";"02.11.26";"Gebucht";"Maja Kos";"Kava";"2026-0007";"Eingang";"SI56";"12,50"\n'
        '"03.11.26";"03.11.26";"Gebucht";"Kava";"Haus";"Miete";"Ausgang";"DE2";"-500,00"\n'
        '"04.11.26";"";"Vorgemerkt";"Maja Kos";"Kava";"Rest";"Eingang";"SI56";"5,00"\n',
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,",),
        2,
    ),
    "bank-ing-de": Sample(
        "Umsatzanzeige;Datei erstellt am: 22.11.2026\n\n"
        "Buchung;Valuta;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;"
        "Betrag;Währung\n"
        "02.11.2026;02.11.2026;Maja Kos;Gutschrift;2026-0007;99,00;EUR;12,50;EUR\n"
        "03.11.2026;03.11.2026;Haus;Lastschrift;Miete;9,00;EUR;-500,00;EUR\n",
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,",),
        1,
    ),
    "bank-ing-nl": Sample(
        '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";'
        '"Mutatiesoort";"Mededelingen"\n'
        '"20261102";"Maja Kos";"NL1";"SI56";"GT";"Bij";"12,50";"Online";"2026-0007"\n'
        '"20261103";"Huur";"NL1";"NL2";"GT";"Af";"500,00";"Online";"Huur"\n',
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,",),
        1,
    ),
    "bank-rabobank": Sample(
        '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn",'
        '"Tegenrekening IBAN/BBAN","Naam tegenpartij","Omschrijving-1"\n'
        '"NL1","EUR","R","000001","2026-11-02","2026-11-02","+12,50","+99,00","SI56","Maja Kos",'
        '"2026-0007"\n'
        '"NL1","EUR","R","000002","2026-11-03","2026-11-03","-500,00","+9,00","NL2","Huur","Huur"\n',
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,",),
        1,
    ),
    "bank-monzo": Sample(
        "Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,"
        "Local currency,Notes and #tags,Description\n"
        "tx_1,02/11/2026,08:15:00,Faster payment,Maja Kos,,Income,12.50,EUR,12.50,EUR,,2026-0007\n"
        "tx_2,03/11/2026,08:15:00,Card payment,Shop,,Shopping,-5.00,EUR,-5.00,EUR,,SHOP\n"
        "tx_3,03/11/2026,08:15:00,Pot transfer,Savings,,Savings,5.00,EUR,5.00,EUR,,pot\n",
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,tx_1",),
        2,
    ),
    "bank-erste": Sample(
        "Buchungsdatum;Partner Name;Partner IBAN;BIC/SWIFT;Betrag;Währung;Buchungs-Info;"
        "Buchungsreferenz\n"
        "02.11.2026;Maja Kos;SI56;X;12,50;EUR;2026-0007;1\n"
        "03.11.2026;Miete;AT2;X;-500,00;EUR;Miete;2\n",
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,",),
        1,
    ),
    "bank-nlb": Sample(
        "Datum valute;Naziv prejemnika/plačnika;Namen;Referenca;Breme;Dobro;Valuta\n"
        "02.11.2026;Maja Kos;2026-0007;SI00 7;;12,50;EUR\n"
        "03.11.2026;Najemnina;Najemnina;SI00 8;500,00;;EUR\n",
        _PAID,
        ("2026-11-02,maja-kos,12.50,EUR,credit_transfer,2026-0007,",),
        1,
    ),
}
