"""Templates that ask for more than any prompt needs are refused in a sentence, and soon."""

import time

import pytest

from evalstudio.errors import EvaluationError
from evalstudio.templating.templates import compile_expression, compile_value, render

DOUBLED = "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ 'x' * 10**9 }}", "more than 16,000,000"),
        ("{{ 'x' * 15000000 ~ 'x' * 15000000 }}", "more than 16,000,000"),
        ("{{ ('x' * 15000000) + ('x' * 15000000) }}", "more than 16,000,000"),
        ("{{ 'x' * 10000000 }}{{ 'x' * 10000000 }}", "more than 16,000,000"),
        ("{{ 9 ** (9 ** 9) }}", "power"),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "200,000 steps"),
        ("{% for a in 'x' * 9000000 %}{% endfor %}", "200,000 steps"),
        (
            "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
            "steps",
        ),
        ("{{ text|center(1000000000) }}", "number above"),
        ("{{ text.ljust(1000000000) }}", "number above"),
        ("{{ '%999999999d' % 1 }}", "width above"),
        ("{{ '%*d' % (999999999, 1) }}", "number above"),
        ("{{ '%999999999d'|format(1) }}", "width above"),
        ("{{ '{:999999999}'.format(1) }}", "width above"),
        ("{{ '{:{}}'.format(1, 999999999) }}", "number above"),
        (
            "{{ (['x' * 1000000] * 15)|join('y')|length }}{{ (['x'] * 900000)|join('y' * 99)|length }}",
            "16,000,000",
        ),
        ("{{ (['x' * 1000000] * 1000000)|join }}", "more than 16,000,000"),
        ("{{ ('y' * 1000000).join(['x'] * 900000) }}", "more than 16,000,000"),
        ("{{ ('x' * 1000000)|replace('x', 'y' * 1000000) }}", "more than 16,000,000"),
        ("{{ ('x' * 1000000).replace('x', 'y' * 1000000) }}", "more than 16,000,000"),
        ("{{ ('x\n' * 1000000)|indent(1000000) }}", "more than 16,000,000"),
        ("{{ ('x ' * 400000)|wordwrap(1, wrapstring='y' * 1000000) }}", "more than 16,000,000"),
        ("{{ ([1] * 900000)|tojson(indent=1000000) }}", "more than 16,000,000"),
        ("{{ ('{0}' * 1000000).format('x' * 1000000) }}", "more than 16,000,000"),
        ("{{ ('%(a)s' * 1000000) % {'a': 'x' * 1000000} }}", "more than 16,000,000"),
        ("{{ ('%s' * 1000000)|format('x' * 1000000) }}", "more than 16,000,000"),
        ("{{ 'x'.translate({120: 'y' * 9000000}) * 2 }}", "more than 16,000,000"),
        ("{{ '{:{w}}'.format(1, w='999999999') }}", "another value tells"),
        (DOUBLED + "{{ n.x }}", "more than 16,000,000"),
        (DOUBLED + "{{ n.x|tojson|length }}", "more than 16,000,000"),
        (DOUBLED + "{{ n.x == n.x }}", "more than 16,000,000"),
        (DOUBLED.replace("[n.x, n.x]", "{'a': n.x, 'b': n.x}") + "{{ n.x }}", "more than 16,000,000"),
        (DOUBLED.replace("[n.x, n.x]", "dict(a=n.x, b=n.x)") + "{{ n.x }}", "more than 16,000,000"),
        ("{% for i in range(90000) %}{% set x = 'y' * 15000000 %}{% endfor %}", "more than 2 s"),
        ("{{ lipsum(1000, max=100000) }}", "'lipsum'"),
        ("{{ " + "(" * 500 + "1" + ")" * 500 + " }}", "nested too deeply"),
        ("{{ ().__class__.__base__.__subclasses__() }}", "unsafe"),
        ("{{ text.__init__.__globals__ }}", "unsafe"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "unsafe"),
    ],
)
def test_that_a_template_without_end_or_bounds_is_refused_soon(template: str, why: str) -> None:
    started = time.process_time()
    with pytest.raises(EvaluationError, match=why):
        render(template, {"text": "some"})
    assert time.process_time() - started < 8  # unbounded they take minutes, or the machine's memory


def test_that_a_filter_without_bounds_is_refused() -> None:
    evaluate, used = compile_expression("('x' * n)|length > 3")
    assert used == {"n"}
    assert evaluate({"n": 5}) is True
    with pytest.raises(EvaluationError, match="more than 16,000,000"):
        evaluate({"n": 10**10})


def test_that_what_prompts_do_is_as_before() -> None:
    template = (
        "{% for shot in shots if shot.q %}{{ loop.index }}/{{ loop.length }} {{ shot.q ~ '?' }}"
        "{% if not loop.last %}, {% endif %}{% else %}none{% endfor %}; {{ '%05.1f'|format(3.14159) }} "
        "{{ '-' * 3 }}{{ 2 ** 10 }} {{ text|upper|replace('E', 'e') }} {{ 'a' ~ 1 ~ none }}"
    )
    render_it = compile_value(template, ("shots", "text"))
    shots = [{"q": "one"}, {"q": ""}, {"q": "two"}]
    assert render_it({"shots": shots, "text": "see"}) == "1/2 one?, 2/2 two?; 003.1 ---1024 See a1None"
    many = compile_value("{% for n in shots %}{{ n }},{% endfor %}", ("shots",))
    for _ in range(3):  # each rendering has steps of its own
        assert many({"shots": list(range(90_000))}).count(",") == 90_000
