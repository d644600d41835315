"""Files that are made anew."""

from __future__ import annotations

from crm_cli.model.business import Business
from crm_cli.model.customer import CUSTOMER
from crm_cli.store.change import new_record
from crm_cli.store.document import Document


def test_no_two_items_of_a_new_record_get_one_id() -> None:
    drawn = iter([b"\0" * 8, b"\0" * 8, b"\1" * 8, b"\0" * 8, b"\2" * 8])
    values = {"name": "A", "tasks": [{"title": "B"}, {"title": "C"}, {"title": "D"}]}
    data = new_record(CUSTOMER, values, Business(), take=lambda size: next(drawn))
    record = Document("customers/a.yaml", data, CUSTOMER, Business()).record
    ids = [task.id for task in record.items("tasks")]
    assert len(set(ids)) == 3
    assert all(task.written_id for task in record.items("tasks"))
