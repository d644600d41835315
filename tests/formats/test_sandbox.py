"""Templates that mean harm: each ends, none gets at anything, and the message says why."""

from __future__ import annotations

import tracemalloc

import pytest

from crm_cli.formats.documents.sandbox import compiled, seen
from crm_cli.model.errors import Unreadable

VALUES = {
    "customer": seen({"name": "Ana", "given_name": None, "tags": ["vip", "b"]}, "customer"),
    "n": 5,
}
TENS = "{% set a = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] %}"


def text(template: str) -> str:
    return compiled(template).text(VALUES)


HOSTILE = (
    # To get at what is behind a value.
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ ('{0.__class__}'|attr('format'))(customer) }}",
    "{{ customer.__class__ }}",
    "{{ customer['__class__'] }}",
    "{{ customer.name.__class__ }}",
    "{{ customer.name.upper }}",
    "{{ ''.join }}",
    "{{ ''['format'] }}",
    "{{ customer.tags.append }}",
    "{{ customer.tags|sort(attribute='__class__') }}",
    "{{ customer.tags|join(attribute='__class__') }}",
    "{{ customer.tags|map('upper')|list }}",
    "{{ customer.tags|sum(attribute='x') }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ loop.__class__ }}",
    "{% for x in customer.tags %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in customer.tags %}{{ loop }}{% endfor %}",
    "{% for x in customer.tags %}{{ loop.cycle }}{% endfor %}",
    "{% for x in customer.tags recursive %}{{ loop(x) }}{% endfor %}",
    "{{ lipsum }}",
    "{{ namespace }}",
    "{{ customer }}",
    "{{ customer.tags }}",
    "{{ customer.name|safe }}",
    "{{ customer.name|pprint }}",
    "{% set x.y = 1 %}",
    "{% set ns = namespace(a=1) %}",
    "{% do x %}",
    "{% debug %}",
    # To read other files.
    "{% include '../../etc/passwd' %}",
    "{% include customer.name %}",
    "{% import '/etc/passwd' as x %}",
    "{% from '/etc/passwd' import x %}",
    "{% extends '../crm.yaml' %}",
    # To take all memory.
    "{{ 'a' * 10**10 }}",
    "{{ 'a' * 10000000000 }}",
    "{{ 'a' * 1000000 * 1000000 }}",
    "{{ [1] * 10000000000 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'a'.ljust(10000000000) }}",
    "{{ '{:10000000000}'.format(1) }}",
    "{{ customer.name|center(10000000000) }}",
    "{{ customer.name|indent(10000000000) }}",
    "{{ range(10**9)|list }}",
    "{{ customer.tags|batch(1000000000, 'x')|list }}",
    "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}",
    "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a + a %}" * 60 + "{{ a }}",
    "{% set a = 'x' %}" + "{% set a = a|replace('x', 'xxxxxxxxxxxxxxxxxxxx') %}" * 20,
    "{% set a = 'x' %}" + "{% set a = [a, a]|join %}" * 60,
    "{% set a = ['x'] %}" + "{% set a = [a, a] %}" * 60 + "{{ a|join }}",
    "{% set a = (1,) %}" + "{% set a = (a, a) %}" * 60 + "{{ a == a }}",
    "{% set a %}xx{% endset %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 60,
    "{% for i in customer.tags %}" * 3 + "x" * 200_000 + "{% endfor %}" * 3,
    "{{ 9" + "9" * 6000 + " }}",
    "{{ 999999999999999 * 999999999999999 * 999999999999999 }}",
    # To take all time.
    "{{ 10**10**10 }}",
    "{{ 9**9**9 % 10 }}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    TENS + "{% for i in a %}" * 8 + "{% endfor %}" * 8,
    TENS + "{% for i in a %}" * 18 + "{% endfor %}" * 18,
    TENS + "{% for i in a %}" * 5 + "{% if n %}{% endif %}" * 500 + "{% endfor %}" * 5,
    *(
        TENS + f"{{% set b = '{'x' * 20_000}' %}}" + "{% for i in a %}" * 3 + use
        + "{% endfor %}" * 3
        for use in (
            "{% set c = b|lower %}", "{% set c = b|trim %}", "{% set c = b|capitalize %}",
            "{% set c = b|replace('y', 'z') %}", "{% set c = b|join %}",
            "{% if b == b|upper %}{% endif %}", "{% if 'y' in b %}{% endif %}",
            "{% if b is eq(b) %}{% endif %}", "{% if 'y' is in b %}{% endif %}",
        )
    ),
    TENS + "{% for i in a %}" * 3 + "{% for j in [" + "1," * 1100 + "] and [] %}{% endfor %}"
    + "{% endfor %}" * 3,
    "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% block a %}{{ self.a() }}{% endblock %}",
    "{% call x() %}{% endcall %}",
    # To break the reader.
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ " + "-" * 5000 + "1 }}",
    "{{ " + "not " * 5000 + "1 }}",
    "{% if 1 %}" * 500 + "{% endif %}" * 500,
    "{% for i in customer.tags %}" * 30 + "{% endfor %}" * 30,
    "{{ n" + "|list" * 5000 + " }}",
    "{% if %}",
    "{% for %}",
    "{{",
    "{{ n / 0 }}",
    "{{ n % 0 }}",
    "{{ 'x'|trim('x') }}",
    "{{ customer.name|list|join }}",
    "{{ customer.name|sort|join }}",
    "{{ customer.name|reverse }}",
    "{% for x in customer.tags %}{{ loop|list|length }}{% endfor %}",
    "{% for x in customer.tags %}{% for y in loop %}{% endfor %}{% endfor %}",
    "{{ 'x' < 1 }}",
    "{{ true }}",
    "{{ customer.nmae }}",
    "{{ nobody }}",
    "{{ customer.given_name }}",
    "{{ customer.given_name.first }}",
    "{{ {'a': 1} }}",
    "{{ 'a' ~ customer }}",
    "x" * 300_000,
)


@pytest.mark.parametrize("template", HOSTILE, ids=lambda text: text[:40])
def test_what_means_harm_is_refused(template: str) -> None:
    with pytest.raises(Unreadable) as refused:
        text(template)
    message = refused.value.message
    assert message and "\0" not in message and "object at 0x" not in message


def test_a_template_prints_tests_and_loops() -> None:
    assert text("Dear {{ customer.name }}!") == "Dear Ana!"
    assert text("{% if customer.given_name %}a{% else %}b{% endif %}") == "b"
    assert text("{{ customer.given_name|default('friend') }}") == "friend"
    assert text("{% for t in customer.tags %}{{ loop.index }}{{ t }};{% endfor %}") == "1vip;2b;"
    assert text("{{ n * 3 }} {{ 'a' ~ n ~ 'b' }} {{ customer.tags|join(', ') }}") == "15 a5b vip, b"
    assert text("{{ 'yes' if 'vip' in customer.tags else 'no' }}") == "yes"
    assert text("{% set x = 'a' %}{{ x|upper }}{# nothing #}") == "A"
    assert text("{% raw %}{{ x }}{% endraw %}") == "{{ x }}"


def test_texts_that_are_joined_within_others_are_counted_first() -> None:
    many = "{% set a = '" + "x" * 100_000 + "' %}"
    template = compiled(many + "{{ '' ~ (" + "a ~ " * 50 + "a) }}")
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="too long"):
            template.text(VALUES)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 1_000_000


def test_lists_are_sorted_reversed_and_measured() -> None:
    shown = "{{ customer.tags|sort|join }} {{ customer.tags|reverse|list|join }}"
    assert text(shown) == "bvip bvip"
    assert text("{{ customer.tags|sort(reverse=1)|first }} {{ customer.tags|last }}") == "vip b"
    assert text("{{ customer.tags|length }} {{ customer.name|count }} {{ 'é'|upper }}") == "2 3 É"
    assert text("{{ customer.given_name|list|length }}") == "0"


def test_the_place_of_a_mistake_is_told() -> None:
    with pytest.raises(Unreadable, match=r"^line 9: "):
        compiled("a\nb\n{% include 'x' %}", line=7)
    with pytest.raises(Unreadable, match="did you mean name"):
        text("{{ customer.nmae }}")


def test_the_fields_that_are_named_are_known() -> None:
    found = compiled("{% for l in document.lines %}{{ l.text }}{% endfor %}\n{{ a.b.c }}{{ d }}")
    assert [(one.name, one.line) for one in found.references] == [
        ("document.lines", 1), ("a.b.c", 2), ("d", 2),
    ]  # fmt: skip
