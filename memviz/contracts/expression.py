"""The small safe language of lesson answers, goals and breakpoints: text in, tree out; Python never sees the text.

    argmax(write_weighting[t=4, write=0], slot)
    first(phase == "recall")
    max(read_weighting[read=0], slot) < 0.5 and not t == 0

Every value is a number, a truth or a text, at each point of named dims: `write_weighting` is a number over (t, write,
slot), `phase` a text over (t), `t` the step itself over (t). Operators work point by point and match dims by name;
`x[t=4, slot=0]` takes a point of a dim; a reduction takes a dim away (it may go unsaid when there is only one).

    expression = expression OPERATOR expression | "not" expression | "-" expression | postfix
    OPERATOR   = "or" < "and" < "not" < == != < <= > >= (not chained) < + - < * / < unary "-"   (loosest first)
    postfix    = atom { "[" DIM "=" expression { "," DIM "=" expression } "]" }
    atom       = NUMBER | "text" | 'text' | "true" | "false" | NAME | FUNCTION "(" expression [ "," DIM ] ")"
               | "(" expression ")"

NAME is a signal of the trace, `t` or `phase`. FUNCTION: max min sum mean entropy (nats) argmax argmin of numbers;
count any all of truths; first last: the step where a truth first or last holds, -1 if never. The two dims of a link
are slot and slot_2. Types and values: evaluate.py.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from memviz.contracts.errors import ExpressionError

LENGTH = 1000  # characters
DEPTH = 40  # of the tree, and of the parser's own calls
NUMBERS = ("max", "min", "sum", "mean", "entropy", "argmax", "argmin")  # functions of numbers
TRUTHS = ("count", "any", "all", "first", "last")  # functions of truths
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
BINDING = {"or": 1, "and": 2, **dict.fromkeys(COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6}
PREFIX = {"not": 3, "-": 7}
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<text>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<mark>==|!=|<=|>=|[-+*/<>()\[\],=])|(?P<end>\Z)|(?P<odd>.))",
    re.DOTALL,
)


@dataclass(frozen=True)
class Node:
    """One part of an expression: a literal or name (`value`), or an operation (`op`) on `args`."""

    op: str  # number text truth name | index | a function | an operator ("neg" is the unary minus)
    value: float | str | bool | None = None  # a literal, a name, or the dim of an index or a function
    args: tuple[Node, ...] = ()
    at: int = field(default=0, compare=False)  # the column, from 0
    depth: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a tree that would be walked too deep."""
        object.__setattr__(self, "depth", 1 + max((arg.depth for arg in self.args), default=0))
        if self.depth > DEPTH:
            raise ExpressionError(f"want at most {DEPTH} levels, got more (split it in two)", self.at + 1)


def parse(text: str) -> Node:
    """The tree of an expression. Raises ExpressionError, and nothing else, on any text that is not one."""
    if len(text) > LENGTH:
        raise ExpressionError(f"want at most {LENGTH} characters, got {len(text)} (split it in two)", LENGTH)
    parser = _Parser(text)
    node = parser.expression(0)
    parser.take("end")
    return node


class _Parser:
    """Precedence climbing over a list of tokens (sort, text, column)."""

    def __init__(self, text: str) -> None:
        found = [(str(m.lastgroup), m) for m in TOKEN.finditer(text)]
        self.tokens = [(sort, match[sort], match.start(sort)) for sort, match in found]
        self.place = self.level = 0

    def take(self, *wanted: str) -> tuple[str, str, int]:
        """Step over the current token if its sort, or the mark it is, is wanted."""
        sort, text, at = token = self.tokens[self.place]
        if wanted and sort not in wanted and not (sort == "mark" and text in wanted):
            raise ExpressionError(f"want {' or '.join(wanted)}, got {text or 'the end'} (see the grammar)", at + 1)
        self.place += sort != "end"
        return token

    def expression(self, loosest: int) -> Node:
        """An expression of operators that bind tighter than `loosest`."""
        self.level += 1
        if self.level > DEPTH:
            raise ExpressionError(f"want at most {DEPTH} levels, got more (split it in two)")
        left, before = self.prefix(), ""
        while loosest < (binding := BINDING.get(self.tokens[self.place][1], 0)):
            _, operator, at = self.take()
            if operator in COMPARISONS and before in COMPARISONS:
                raise ExpressionError("want one comparison, got a chain (write a < b and b < c)", at + 1)
            left, before = Node(operator, None, (left, self.expression(binding)), at), operator
        self.level -= 1
        return left

    def prefix(self) -> Node:
        _, text, at = self.tokens[self.place]
        if text in PREFIX:
            self.take()
            return Node("not" if text == "not" else "neg", None, (self.expression(PREFIX[text]),), at)
        node = self.atom()
        while self.tokens[self.place][1] == "[":
            mark = self.take()[1]
            while mark != "]":
                _, dim, at = self.take("name")
                self.take("=")
                node = Node("index", dim, (node, self.expression(0)), at)
                mark = self.take(",", "]")[1]
        return node

    def atom(self) -> Node:
        sort, text, at = self.take("number", "text", "name", "(")
        if sort == "number" and math.isfinite(float(text)):
            return Node("number", float(text), at=at)
        if sort == "text":
            return Node("text", text[1:-1], at=at)
        if text in ("true", "false"):
            return Node("truth", text == "true", at=at)
        if sort == "name" and self.tokens[self.place][1] == "(":
            return self.call(text, at)
        if sort == "name" and text not in BINDING:
            return Node("name", text, at=at)
        if text != "(":
            raise ExpressionError(f"want a value, got {text} (a finite number, a text or a name)", at + 1)
        node = self.expression(0)
        self.take(")")
        return node

    def call(self, function: str, at: int) -> Node:
        if function not in NUMBERS + TRUTHS:
            raise ExpressionError(
                f"want one of {', '.join(NUMBERS + TRUTHS)}, got {function} (no such function)", at + 1
            )
        self.take("(")
        arg, dim = self.expression(0), None
        if self.take(",", ")")[1] == ",":
            dim = self.take("name")[1]
            self.take(")")
        return Node(function, dim, (arg,), at)
