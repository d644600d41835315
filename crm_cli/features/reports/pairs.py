"""`crm report pairs`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from crm_cli.features.reports.columns import Figure, Key
from crm_cli.features.reports.context import Context
from crm_cli.features.reports.report import Choice, Report
from crm_cli.features.reports.table import Row, Table, quotient
from crm_cli.model.errors import UsageError
from crm_cli.model.pairing import Basket, Rule, rules, triples
from crm_cli.model.product import PRODUCT
from crm_cli.model.purchase import PURCHASE

_KEYS = (
    Key("product", "", "what was bought; with --size 3 two products", label="name", ids=True,
        public=True),
    Key("with", "", "what was bought with it", label="name", public=True),
)
_FIGURES = (
    Figure("baskets", "", "purchases with both", type="integer"),
    Figure("support", "", "of all purchases with products", type="share"),
    Figure("confidence", "", "of the purchases with the product, how many have the other, too",
           type="rate", cases="of"),
    Figure("back", "", "of the purchases with the other, how many have the product", type="share"),
    Figure("lift", "", "confidence ÷ the part of all purchases that have the other",
           type="decimal"),
    Figure("of", "", "purchases with the product", type="integer"),
)  # fmt: skip


def _compute(context: Context) -> Table:
    least = _number(context, "min", 1)
    size = _number(context, "size", 2, 3)
    confidence = _confidence(context)
    wanted = context.option("with").strip()
    found = _baskets(context)
    if size == 2:
        ruled = _pairs(found, least, wanted)
    else:
        triple = triples(found, least)
        if triple is None:
            raise UsageError(
                "these baskets are too large for --size 3",
                "raise --min, or choose fewer with terms or --period",
            )
        ruled = [one for one in triple if not wanted or wanted in one.left]
    names = dict(context.workspace.select(PRODUCT, cols=("id", "name"), ordered=False).rows)
    if wanted and wanted not in names and not any(wanted in basket for basket in found):
        context.workspace.notices.append(f"no purchase here has {wanted}")
    rows = [_row(rule, names, size) for rule in ruled]
    rows = [row for row in rows if _reaches(row, confidence, both=size == 2 and not wanted)]
    table = Table(_KEYS, _FIGURES, rows)
    table.sort(REPORT.sort)
    return table


def _baskets(context: Context) -> Sequence[Basket]:
    # Every report is loaded to be listed: what compiles queries waits until one is made.
    from crm_cli.query.ast import And
    from crm_cli.query.buying import baskets

    workspace = context.workspace
    node = context.node
    if context.asked.period is not None:
        node = And((node, workspace.within(PURCHASE, context.asked.period)))
    scope = workspace.scope(PURCHASE, everything=context.asked.everything)
    per_customer = context.option("per") == "customer"
    if context.option("per") not in ("purchase", "customer"):
        raise UsageError(f"--per {context.option('per')}", "write --per purchase or --per customer")
    return baskets(workspace.database, node, scope, per_customer=per_customer)


def _pairs(found: Sequence[Basket], least: int, wanted: str) -> list[Rule]:
    """Each pair once, the one that is in more baskets first; those of one product after it."""
    ruled = rules(found, least, [wanted] if wanted else None)
    if wanted:
        return ruled.get(wanted, [])
    return [
        rule
        for left, those in ruled.items()
        for rule in those
        if (-rule.lefts, left) < (-rule.rights, rule.right)
    ]


def _row(rule: Rule, names: dict[str, str], size: int) -> Row:
    row: Row = {
        "product": " + ".join(rule.left),
        "product_name": " + ".join(names.get(one) or one for one in rule.left),
        "with": rule.right,
        "with_name": names.get(rule.right) or rule.right,
        "baskets": rule.both,
        "support": rule.support,
        "confidence": rule.confidence,
        "back": quotient(rule.both, rule.rights),
        "lift": rule.lift,
        "of": rule.lefts,
    }
    return row


def _reaches(row: Row, least: Decimal, *, both: bool) -> bool:
    reached: bool = row["confidence"] >= least or (both and row["back"] >= least)
    return reached


def _number(context: Context, name: str, low: int, high: int = 1_000_000) -> int:
    text = context.option(name)
    if not (text.isascii() and text.isdigit() and low <= int(text[:9]) <= high):
        upto = f"from {low} to {high}" if high < 100 else f"from {low} on"
        raise UsageError(f"--{name} {text} is not a number {upto}", f"write --{name} 3")
    return int(text)


def _confidence(context: Context) -> Decimal:
    text = context.option("min-confidence")
    scale = 100 if text.endswith("%") else 1
    try:
        found = Decimal(text.removesuffix("%").strip()) / scale
    except InvalidOperation:
        found = Decimal(-1)
    if not (found.is_finite() and 0 <= found <= 1):
        raise UsageError(f"--min-confidence {text} is no share", "write 0.25 or 25%")
    return found


REPORT = Report(
    name="pairs",
    answers="Show which products are bought together: in how many purchases, and how surely.",
    formula="Of the purchases that count and have a product, each a basket (with --per customer "
    "all that a customer bought): support is the baskets with both ÷ all baskets, confidence "
    "those with both ÷ those with the product, back the same from the other side, lift the "
    "confidence ÷ the part of all baskets that have the other, 1 where one has nothing to do "
    "with the other. A pair stands once, the product that is in more baskets first; with --with "
    "SKU that one first. With --size 3 the product is two of them. Pairs in fewer than --min (3) "
    "baskets are left out.",
    example="--period last-24m --min 2 -n 10",
    group="Products",
    base=PURCHASE,
    open=False,
    figures=_FIGURES,
    options=(
        Choice("with", "Only the pairs of one product.", metavar="SKU"),
        Choice("min", "In at least this many baskets.", metavar="N", default="3"),
        Choice("min-confidence", "At least so sure, in one direction: 0.25 or 25%.",
               metavar="SHARE", default="0"),
        Choice("per", "What a basket is: a purchase, or all of a customer's.",
               metavar="purchase|customer", default="purchase"),
        Choice("size", "Products in a rule: 3 has two of them on the left.", metavar="2|3",
               default="2"),
    ),
    sort="baskets-,lift-",
    bar="confidence",
    compute=_compute,
)  # fmt: skip
