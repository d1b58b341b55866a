"""Plain templates: those whose time and memory are in proportion to their values, whatever these are.

They are rendered in this process. Everything else, which may set variables, define macros, multiply or call, is rendered
where only that process is lost.
"""

from jinja2 import nodes

_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.If,
    nodes.For, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Test, nodes.Add,
    nodes.Sub, nodes.Neg, nodes.Pos, nodes.Concat, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Filter,
    nodes.Call, nodes.Slice, nodes.Keyword,
)  # fmt: skip
_FILTERS = frozenset({
    "abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "indent", "int", "join", "last",
    "length", "lower", "replace", "round", "safe", "string", "title", "tojson", "trim", "truncate", "upper",
})  # fmt: skip
_METHODS = frozenset({
    "capitalize", "endswith", "get", "items", "keys", "lower", "lstrip", "removeprefix", "removesuffix", "rstrip",
    "startswith", "strip", "title", "upper", "values",
})  # fmt: skip
LONGEST = 100
"""Characters of a text that a filter or a method is given."""
LARGEST = 10_000
"""The largest number that they are given: a width, an indentation."""


def is_plain(tree: nodes.Template) -> bool:
    """Returns whether a template does only what is in proportion to its values."""
    return isinstance(tree, _NODES) and all(
        isinstance(node, _NODES) and _is_bounded(node) for node in tree.find_all(nodes.Node)
    )


def _is_bounded(node: nodes.Node) -> bool:
    match node:
        case nodes.Filter(name=name):
            return name in _FILTERS and node.node is not None and _are_short(node)
        case nodes.Call(node=nodes.Getattr(attr=method)):
            return method in _METHODS and _are_short(node)
        case nodes.Call():
            return False
        case nodes.For():
            return not bool(node.recursive)
        case nodes.Const(value=int() as value):
            return bool(abs(value) < 10**LONGEST)
    return True


def _are_short(node: "nodes.Filter | nodes.Call") -> bool:
    """Whether all that a filter or a method is given is constant and short."""
    values = [*node.args, *(one.value for one in node.kwargs)]
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        return False
    return all(isinstance(value, nodes.Const) and _is_short(value.value) for value in values)


def _is_short(value: object) -> bool:
    if isinstance(value, int | float):
        return abs(value) <= LARGEST
    return value is None or (isinstance(value, str) and len(value) <= LONGEST)
