"""What a chart shows, as values: labels with a number of each series, whoever draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from crm_cli.model.cells import cell_text
from crm_cli.model.rows import Rows

Number = Decimal | int | None
"""A value of a chart, None where it is missing."""


class Series(NamedTuple):
    """The values of one column, by label."""

    name: str
    values: Sequence[Number]
    type: str = ""
    unit: str = ""


class Plot(NamedTuple):
    """The chart of rows: `main` is what bars are as long as, `others` are drawn beside it or
    make it up. `panels` has the name of each label's small chart, where there are several.
    `partial` are the labels of which only some days count, each with which: `from 2025-11-21`."""

    kind: str
    by: str
    labels: Sequence[str]
    main: Series
    others: Sequence[Series] = ()
    panels: Sequence[str] = ()
    partial: Mapping[str, str] = {}

    def first(self, most: int) -> Plot:
        """The plot of the first labels alone."""
        return self._replace(
            labels=self.labels[:most],
            main=self.main._replace(values=self.main.values[:most]),
            others=[one._replace(values=one.values[:most]) for one in self.others],
            panels=self.panels[:most],
        )

    def split(self) -> list[tuple[str, Plot]]:
        """A plot for each panel, in the order in which they come."""
        found = []
        for name in dict.fromkeys(self.panels):
            places = [place for place, one in enumerate(self.panels) if one == name]

            def of(values: Sequence[Number], places: Sequence[int] = places) -> list[Number]:
                return [values[place] for place in places]

            found.append((name, self._replace(
                labels=[self.labels[place] for place in places],
                main=self.main._replace(values=of(self.main.values)),
                others=[one._replace(values=of(one.values)) for one in self.others],
                panels=(),
            )))  # fmt: skip
        return found


def plot_of(rows: Rows) -> Plot:
    """What the chart of the rows shows; they have one."""
    chart = rows.chart
    assert chart is not None
    heads = {column.key: column for column in rows.columns}
    return Plot(
        chart.kind,
        heads[chart.labels[-1]].heading,
        _named(rows, chart.labels),
        _series(rows, chart.value, chart.unit),
        [_series(rows, key, chart.unit) for key in chart.series],
        _named(rows, chart.panels) if chart.panels else (),
    )


def _named(rows: Rows, keys: Sequence[str]) -> list[str]:
    """What each row is called: the first of the columns that has a text."""
    columns = [rows.values(key) for key in keys]
    return [
        cell_text(next((name for name in names if name), None))
        for names in zip(*columns, strict=True)
    ]


def _series(rows: Rows, key: str, currency: str) -> Series:
    column = next(one for one in rows.columns if one.key == key)
    unit = "%" if column.type in ("share", "rate") else column.unit
    if column.type == "money":
        unit = currency
    return Series(column.heading, rows.values(key), column.type, unit)
