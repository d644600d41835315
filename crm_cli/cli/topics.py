"""The pages of `crm help TOPIC`."""

from __future__ import annotations

from typing import NamedTuple

from crm_cli.cli.outputs import OUTPUTS
from crm_cli.model.places import PLACES, Shape


class Page(NamedTuple):
    """A page, and what it is about in a few words."""

    summary: str
    text: str


_QUERY = """\
A query is one or more terms, each an argument of its own. All must hold, so adding a
term never widens an answer. A comma within a value is "or".

  crm list tag:vip city:Ljubljana             both
  crm list +vip not:+cold                     tagged vip, and not cold
  crm list city:Ljubljana,Maribor             either
  crm list novak                              a word anywhere in the record
  crm list has:email no:phone                 presence
  crm list is:overdue owner:me                states: crm query fields lists them
  crm list amount:100..500 spend:1000..       ranges include both ends
  crm list name.is:"Ana Novak"                exactly; also .has .starts .ends .re .not
  crm list spend.over:1000 last-contact.before:-90d
  crm list email.ends:@acme.example           a domain
  crm list @lapsed city:Koper                 a saved segment, and a term

Within a window of time, and about one item of a list:

  crm list spend@12m:1000.. orders@90d:0
  crm list task/status:open/due:..today       one task that is open and itself due
  crm list deal.none/stage:won                none of the deals; .all is every one
  crm list line/product:beans-1kg/date:2026   bought that product in 2026

On lists of items, +TAG and @SEGMENT speak of the customer, a word matches the item's
text or the customer's name, and customer/FIELD is the customer's:

  crm task list +vip due:this-week customer/city:Koper

A field that names another record (crm query fields lists them as references) leads on to
that record's fields, in terms, expressions and columns alike:

  crm list line/product.category:coffee referred-by.city:Koper
  crm payment list --cols date,amount,for.number,for.due

Full expressions, for what terms cannot say, with -w (--where):

  crm list -w 'orders > 2 or (tag = vip and city = "New York")'
  crm list -w 'sum(purchases.net where date >= today - 12m) > 1000'
  crm list -w 'any(tasks, status = open and due <= today) and not @lapsed'

Shaping, on every list:

  crm list --cols name,"sum(purchases.net during 2026) as bought" --sort bought-
  crm list --group-by country --agg count,sum:spend,share:spend --sort sum:spend- --total
  crm purchase list --group-by date.quarter,owner --agg sum:net,median:net
  crm list --group-by tag --having 'count > 5 and sum:spend > 1000'
  crm purchase list --group-by country --pivot date.year --agg sum:net
  crm purchase list --group-by owner --agg 'orders,average_order,sum(net during 2026-q3) as q3'

Groups go by fields, .week .month .quarter .year .weekday of dates, and each value of tags
and other lists. Shares and --total are of all rows that the query describes, each counted
once; a total stands only where adding up says something.

Sums, counts and other aggregates, wherever they are asked for, go over what counts: posted
purchases and their lines that are dated up to today, but no order that a posted invoice
bills, so that a sale counts once. --all lets them go over everything. is:counted asks for
what counts; is:posted is the status alone, which a billed order has as well.

What is missing is never equal and never unequal: owner.not:ana leaves out who has no
owner; not:owner:ana is the plain complement of the rows, and has them. Counts and sums of
nothing are 0, other aggregates are missing; .all of nothing holds. Case, diacritics and
script do not matter, save with .is. Amounts are compared in the base currency; one
without a rate is missing. A day is the business's day, whatever zone a time was noted in.

"not:" turns a term round. Quotes inside a value keep commas and dots literal:
city:'"New York"'. Nothing is ever read as "match all": a wrong name or an empty value
is an error that names the nearest right ones.

  crm query explain +vip spend@12m:1000..     what a query means
  crm query fields task                       what can be asked of a kind
"""

_DATES = """\
Wherever a date is asked for, these will do:

  2026-11-03   3.11.2026   2026-11-03T10:30   today   tomorrow   yesterday
  fri   next-mon   last-sun   in 3 days   2 weeks ago   +2w   -90d   today+1w
  sow eow som eom soq eoq soy eoy            start and end of week, month, quarter, year

In a query a date is a period, and a field is compared with all of it:

  2026   2026-q3   2026-11   this-month   last-quarter   next-7d   last-30d
  due:this-week               inside it
  due.before:this-week        before it begins
  last-purchase.after:2026-q2 after it ends
  due.by:eom                  up to its end
  at:-30d..                   from 30 days ago on
  spend@2026-q3:500..2000     a sum within a period; @12m is the last twelve months

Weeks begin on Monday. A bare weekday is the next one where something is to come (due,
start), and the latest one where something was (at, date). 3/11/2026 is refused, since
it is read in two ways. --today DATE moves the clock of any command.
"""

_WHO = """\
WHO is, in this order:

  an id                   crm show ana-novak
  an e-mail or a phone    crm show "+386 40 123 456"     in any spelling
  the exact name          crm show "Ana Novak"
  the beginning of an id  crm show ana-n
  of the name's words     crm show nov

The first of these that finds somebody decides. If there are several, you are asked in a
terminal; elsewhere they are listed, with exit code 3. Without a terminal, commands that
write take no beginnings, since one that is unique today is another person tomorrow.

Where WHO… is allowed, query terms are too, and - reads ids from stdin:

  crm tag add cold last-contact.before:-1y
  crm list city:Koper -o ids | crm tag add coast -

An item's id serves as well, whole or its beginning: crm set y-7d1 amount=220, crm rm i-4k7.
"""

_FORMATS = "\n".join(f"  {one.name:<10}{one.doc}" for one in OUTPUTS.values())

_OUTPUT = f"""\
  -o FORMAT                 one of those below; --json is -o json
  --cols name,city,spend    which fields, in every format
  --sort spend-,name        descending with -; missing values come last
  -n 20                     at most so many
  --no-header               for csv, tsv, markdown and tables

{_FORMATS}

What is printed does not depend on whether it goes to a terminal; only colour, width and
the pager do. Money is a decimal text beside its currency, dates are ISO, missing is null.
Lists within a cell are joined by "; ". CSV guards texts that a spreadsheet would run, with
any list separator, by a ' before them; crm import takes it away.

stdout is the answer, stderr all the rest. Exit codes:

  0  done, also when nothing was found       5  locked, or changed meanwhile
  1  a negative answer (check, --exit-code)   6  refused by a rule
  2  wrong options, query or value            7  the file system failed
  3  not found, or several found            130  interrupted, or you said no
  4  invalid data, or a partial answer

A broken record is reported as path:line:column on stderr, the rest is answered, and the
exit code is 4.
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
  .crm/                 lock and the last change, for undo; ignored by git

No command uses these yet; they are checked, merged, synchronized and in crm history:

{_listed(used=False)}\

A customer can be three lines, typed by hand:

  name: Ana Novak
  phone: 040 123 456
  tags: vip, wholesale

The files are the truth: edit them with anything. Commands change only what they are asked
to change, and keep your comments, order and quotes. crm check tells what is wrong, with
its place; crm fmt brings a file to the canonical form, if you want that.

The folder is found by -C DIR, else CRM_DIR, else the nearest parent with a crm.yaml, else
the default that crm init offered to remember.
"""

_CALENDARS = """\
Tasks, meetings, birthdays and anniversaries go into any calendar, and come back:

  crm export tasks assignee:petra --to petra.ics      a file of them
  crm export calendar --vdir ~/.calendars/crm         a folder, for vdirsyncer, khal, todoman
  crm import calendar ~/.calendars/crm --yes          what was changed there

calendar is what is still to be done, meetings to come, birthdays and anniversaries;
tasks, interactions and anniversaries alone are all that the terms describe.

A task ticked off on a telephone is done here; one that recurs goes on to its next day.
What was changed there is never overwritten before it was imported, and what others put
into the folder is never removed. A field that was changed on both sides is refused, with
both readings; other fields of the same task are put together.

Whose an entry is, that was made there: of the customer whose e-mail or whole name takes
part, or whose id its title has, as in: Ring about the quote @ana-novak. Else --who says.
"""

TOPICS = {
    "query": Page("terms that describe customers and items", _QUERY),
    "dates": Page("how dates and periods are written", _DATES),
    "who": Page("how to name a customer", _WHO),
    "output": Page("formats, columns, exit codes", _OUTPUT),
    "calendars": Page("tasks and meetings in calendars and on telephones", _CALENDARS),
    "files": Page("what lies where, and editing by hand", _FILES),
}
