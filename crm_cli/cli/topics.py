"""The pages of `crm help TOPIC`."""

from __future__ import annotations

from crm_cli.cli.agents_topic import AGENTS
from crm_cli.cli.outputs import OUTPUTS
from crm_cli.cli.ui_topic import UI
from crm_cli.model.named_tuple import NamedTuple
from crm_cli.model.places import PLACES, Shape


class Page(NamedTuple):
    """A page, and what it is about in a few words."""

    summary: str
    text: str


_QUERY = """\
A query is one or more terms, each a separate argument. All of them must match,
so adding a term never adds rows. A comma in a value means "or".

  crm list tag:vip city:Ljubljana             both
  crm list +vip not:+cold                     tagged vip, and not cold
  crm list city:Ljubljana,Maribor             either
  crm list novak                              a word anywhere in the record
  crm list has:email no:phone                 presence
  crm list is:overdue owner:me                states: crm query fields lists
                                              them
  crm purchase list is:order                  a kind or status is understood as
                                              well
  crm list amount:100..500 spend:1000..       ranges include both ends
  crm list name.is:"Ana Novak"                exactly; also .has .starts .ends
                                              .re .not
  crm list spend.over:1000 last-contact.before:-90d
  crm list email.ends:@acme.example           a domain
  crm list @lapsed city:Koper                 a saved segment, and a term

Within a window of time, and about one item of a list:

  crm list spend@12m:1000.. orders@90d:0
  crm list task/status:open/due:..today       one task that is both open and due
  crm list deal.none/stage:won                none of the deals; .all: every one
  crm list line/product:beans-1kg/date:2026   bought that product in 2026
  crm list purchase/status:draft --all        with --all also what does not
                                              count

In lists of items, +TAG and @SEGMENT apply to the customer, a word matches the
item's text or the customer's name, and customer/FIELD is a field of the
customer:

  crm task list +vip due:this-week customer/city:Koper

A field that names another record (crm query fields lists them as references)
leads on to that record's fields, in terms, expressions and columns alike:

  crm list line/product.category:coffee referred-by.city:Koper
  crm payment list --cols date,amount,for.number,for.due

Full expressions, for what terms cannot express, with -w (--where):

  crm list -w 'orders > 2 or (tag = vip and city = "New York")'
  crm list -w 'sum(purchases.net where date >= today - 12m) > 1000'
  crm list -w 'any(tasks, status = open and due <= today) and not @lapsed'

Columns, groups and totals, on every list:

  crm list --cols name,"sum(purchases.net during 2026) as bought" --sort bought-
  crm list --group-by country --agg count,sum:spend --sort sum:spend- --total
  crm purchase list --group-by date.quarter,owner --agg sum:net,median:net
  crm list --group-by tag --having 'count > 5 and sum:spend > 1000'
  crm purchase list --group-by country --pivot date.year --agg sum:net
  crm purchase list --by owner --agg 'orders,sum(net during 2026-q3) as q3'

Group by fields, by .week .month .quarter .year .weekday of dates, and by each
value of tags and other lists. Shares and --total are computed over all rows
that match, each counted once; columns that do not add up have no total.

Sums, counts and other aggregates include only what counts: posted purchases
dated up to today, and their lines; of an order what no posted invoice has
billed yet, so that a sale counts once. --all includes everything. is:counted
selects what counts; is:posted is the status alone, which a billed order has
too.

A missing value is neither equal nor unequal to anything: owner.not:ana
excludes customers without an owner; not:owner:ana includes them. Counts and
sums of no rows are 0, other aggregates are missing; .all is true of an empty
list. Case, diacritics and script are ignored, except with .is. Amounts are
compared in the base currency; an amount without a rate is missing. Days are in
the business's time zone, whatever the zone of a time.

"not:" negates a term. Quotes inside a value keep commas and dots literal:
city:'"New York"'. An unknown name or an empty value is an error that suggests
the nearest names, never "match all".

  crm query explain +vip spend@12m:1000..     explain a query
  crm query fields task                       list the fields of a kind
"""

_DATES = """\
A date can be written as:

  2026-11-03   3.11.2026   2026-11-03T10:30   today   tomorrow   yesterday
  fri   next-mon   last-sun   in 3 days   2 weeks ago   +2w   -90d   today+1w
  sow eow som eom soq eoq soy eoy            start and end of week, month,
                                             quarter, year

In a query a date is a period, and a field is compared with the whole of it:

  2026   2026-q3   2026-11   this-month   last-quarter   next-7d   last-30d
  due:this-week               inside it
  due.before:this-week        before it begins
  last-purchase.after:2026-q2 after it ends
  due.by:eom                  up to its end
  due.before:now              times before this minute, dates before today
  at:-30d..                   from 30 days ago on
  spend@2026-q3:500..2000     a sum within a period; @12m is the last twelve
                              months

Weeks begin on Monday. A bare weekday is the next one for future dates (due,
start), and the latest one for past dates (at, date). 3/11/2026 is refused,
since it is ambiguous. --today DATE sets the clock of any command.
"""

_WHO = """\
WHO is matched in this order:

  an id                   crm show ana-novak
  an e-mail or a phone    crm show "+386 40 123 456"     in any format
  the exact name          crm show "Ana Novak"
  a prefix of an id       crm show ana-n
  or of a word in a name  crm show nov

The first of these that matches is used. If several customers match, crm asks
in a terminal; elsewhere it lists them and exits with 3. Without a terminal,
commands that write take no prefixes, since one that is unique today may be
ambiguous tomorrow.

WHO… also takes query terms, and - reads stdin, one customer a line: an id, an
e-mail, a phone or a whole name, never a term. Terms beside those who are named
choose among them:

  crm tag add cold last-contact.before:-1y
  crm list city:Koper -o ids | crm tag add coast -
  crm tag add coast - city:Koper < ids.txt

An item's id or a prefix of it works, too: crm set y-7d1 amount=220, crm rm
i-4k7.
"""

_FORMATS = "\n".join(f"  {one.name:<10}{one.doc}" for one in OUTPUTS.values())

_OUTPUT = f"""\
  -o FORMAT                 one of those below; --json is -o json
  --cols name,city,spend    the fields to show, in every format
  --sort spend-,name        - is descending; missing values come last
  -n 20                     at most 20 rows
  --no-header               for csv, tsv, markdown and tables

{_FORMATS}

Output is the same on a terminal and in a pipe, except for colour, width and
the pager. Money is a decimal string beside its currency, dates are ISO,
missing is null. Lists in a cell are joined by "; ". CSV puts a ' before text
that a spreadsheet would run as a formula, with any list separator; crm import
removes it.

Answers go to stdout, everything else to stderr. Exit codes:

  0  success, even if nothing was found       5  locked, or changed meanwhile
  1  a negative answer (check, --exit-code)   6  refused by a rule
  2  wrong options, query or value            7  file system error
  3  not found, or ambiguous                130  interrupted, or declined
  4  invalid data, or a partial answer

A broken record is reported as path:line:column on stderr, the others are
shown, and the exit code is 4.
"""


def _listed(*, used: bool) -> str:
    """The places of a directory: those that commands use, or those that are only kept."""
    return "".join(
        f"  {place.pattern:<21} {place.doc}\n"
        for place in PLACES
        if used == (bool(place.declaration) or place.shape is Shape.RATES)
    )


_FILES = f"""\
{_listed(used=True)}\
  .crm/                 the lock, and the last 20 commands, for undo; ignored by
                        git

No command uses these yet; they are checked, merged, synchronized and shown by
crm history:

{_listed(used=False)}\

A customer can be three lines, typed by hand:

  name: Ana Novak
  phone: 040 123 456
  tags: vip, wholesale

The files are the source of truth: edit them with any editor. Commands change
only what you ask for, and keep your comments, order and quotes. crm check
reports errors with file and line; crm fmt rewrites a file in the canonical
form, if you want that.

The folder is -C DIR, else CRM_DIR, else the nearest parent with a crm.yaml,
else the default set by crm init. Both may name one of your businesses (crm
help configuration).
"""

_CONFIGURATION = """\
Your own configuration is ~/.config/crm/config.yaml; it belongs to no
directory:

  default: ~/shop                    the directory where none is named or around
                                     you
  businesses:                        names for directories
    shop: ~/shop
    kava: /srv/kava
  alias:                             words of your own for commands
    pay: payment add
    vips: list +vip --sort spend-
    lapsed: [list, "last-contact.before:-90d"]

  crm -C kava due                    a business by its name; CRM_DIR=kava does
                                     the same
  crm due --all                      what is due in every one of them
  crm pay 2026-0042                  is crm payment add 2026-0042

  theme:                             colours on a terminal, by what they mean
    overdue: bold red                  red, bright_blue, color(160), #d70000 …
    tag: underline

An alias stands for the words at the beginning of a line; what follows it is
added. It may contain options such as -C, and other aliases. It never hides a
command, and runs no shell. Mail for crm notify is configured in the same file.
"""

_CALENDARS = """\
Export tasks, meetings, birthdays and anniversaries to any calendar, and import
changes:

  crm export tasks assignee:petra --to petra.ics      a file of them
  crm export calendar --vdir ~/.calendars/crm         a folder, for vdirsyncer,
                                                      khal, todoman
  crm import calendar ~/.calendars/crm --yes          the changes made there

"calendar" is open tasks, planned meetings, birthdays and anniversaries;
"tasks", "interactions" and "anniversaries" are all of each that match the
terms.

A task completed on a phone is completed here; a recurring one moves to its
next due date. Changes made there are never overwritten before they are
imported, and entries of others in the folder are never removed. A field
changed on both sides is refused, with both values; other fields of the same
task are merged.

A new entry belongs to the customer whose e-mail or whole name is among its
attendees, or whose id is in its title, as in: Ring about the quote @ana-novak.
Otherwise use --who.
"""

_IMPORT = """\
crm import KIND FILE reads a CSV file or a sheet of a workbook (.xlsx, .ods),
shows what it understood and what would change, asks, and writes all of it or
nothing. crm import --help lists the options.

  crm import customers contacts.csv --dry-run          show it, write nothing
  crm import customers contacts.csv --save-map m.yaml  save how the columns were
                                                       read
  crm import customers contacts.csv --map m.yaml       read the columns so
  crm import deals book.xlsx --sheet Deals --heading-row 3

A map says what the columns mean. Columns that it does not name are left out.

  columns:
    CustomerID: external_id
    Fax: {key: phone.2, label: fax}         fields of the same item, beside it
    Discount: {key: discount, scale: 100}   shares become percent
    Stage: {key: lifecycle_stage, values: {Subscriber: lead, Other: ""}}
    Shipped: {key: shipped, date: "%m/%d/%y"}
    OrderNo: [number, external_id]          one column, two fields
  constants: {kind: organization}           where no column says it
  date: dmy                                 ymd, dmy, mdy, or a pattern
  decimal: ","
  sheet: Orders                             of a workbook; heading_row: 3
  source_system: webshop
  skip: {Status: [failed, pending], Amount: "-*"}   rows left out; * is any text

values translates words: a word that a field does not know is listed when the
file is read, with its column, and "" leaves it out.

A row means a customer who is here by our id (id: id in a map, or an export of
crm), else by source system and external id, else by an e-mail or phone with a
name that agrees. Otherwise it is new, and what is doubtful is rejected. The
system is the file's name, unless --source-system or source_system says
another; the preview names what each row was known by.

A cell that cannot be read is left out and listed, and its row is imported. A
row whose amount, date or identity cannot be read is rejected; --skip-bad
imports the others and saves the rejected rows with their reasons. An e-mail
address, phone, country, currency or language that cannot be is kept as it
stands, and crm check lists it.

  Dates     2026-11-03, 3.11.2026, 20261103, 3-Nov-26 are clear. 03/11/2026 is
            read by the other dates of the file, else --dates dmy or mdy
            decides. A heading with UTC makes times UTC. 0/0/00, N/A, - and null
            are nothing.
  Numbers   1.234,50  1,234.50  1,23,456.00  .5  5.00-  (5.00)  1E+05 are read;
            1.234 alone is read by the other numbers of the file, else
            --decimal decides.
  Phones    several in a cell are separated by ; or " ::: ".
  Amounts   line_total gives the price of a line; order_discount and shipping
            become lines; an amount beside lines has to be what they come to.
            Credit notes and refunds may be signed either way; a payment with a
            minus sign is a refund.
"""

TOPICS = {
    "query": Page("terms that describe customers and items", _QUERY),
    "dates": Page("how dates and periods are written", _DATES),
    "who": Page("how to name a customer", _WHO),
    "output": Page("formats, columns, exit codes", _OUTPUT),
    "import": Page("files of other programs, and maps of their columns", _IMPORT),
    "calendars": Page("tasks and meetings in calendars and on phones", _CALENDARS),
    "files": Page("the files, and editing by hand", _FILES),
    "ui": Page("one screen, by keys and mouse", UI),
    "agents": Page("scripts and agents, and the server crm mcp", AGENTS),
    "configuration": Page("aliases, and businesses by name", _CONFIGURATION),
}
