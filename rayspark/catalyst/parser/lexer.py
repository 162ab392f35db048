r"""SQL text cut into sqlglot's tokens, by Spark's lexical rules.

sqlglot's own tokenizer resolves string escapes and number suffixes in its way; ours keeps tokens as
they are written (``'it\'s'``, ``10L``, ``r'\\d'``), so that :mod:`literals` can read them as Spark
does, and marks only the words that the query grammar needs as keywords: any other word is a name.

>>> [token.text for token in tokenize("SELECT a -- all\nFROM t")]
['SELECT', 'a', 'FROM', 't']
"""

from __future__ import annotations

import re

from sqlglot.tokenizer_core import Token, TokenType

from rayspark.catalyst.parser.errors import syntax_error
from rayspark.errors import ParseException

_TOKEN = re.compile(
    r"""
    (?P<blank>    (?:\s+ | --(?:\\\n|[^\n])*)+ )
  | (?P<comment>  /\*(?!\+) )
  | (?P<hint>     /\*\+ )
  | (?P<number>   (?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?:[lLsSyYfFdD]|[bB][dD])?(?![\w]) )
  | (?P<raw>      [rR](?:'[^']*'|"[^"]*") )
  | (?P<text>     [xX]?(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*") )
  | (?P<word>     \w+ )
  | (?P<quoted>   `(?:[^`]|``)*` )
  | (?P<symbol>   <=> | -> | => | \|> | \|\| | :: | <> | != | == | <= | >= | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_END = re.compile(r"/\*|\*/")

SYMBOLS = {
    "(": TokenType.L_PAREN,
    ")": TokenType.R_PAREN,
    "[": TokenType.L_BRACKET,
    "]": TokenType.R_BRACKET,
    "{": TokenType.L_BRACE,
    "}": TokenType.R_BRACE,
    ",": TokenType.COMMA,
    ".": TokenType.DOT,
    ";": TokenType.SEMICOLON,
    ":": TokenType.COLON,
    "::": TokenType.DCOLON,
    "?": TokenType.PLACEHOLDER,
    "+": TokenType.PLUS,
    "-": TokenType.DASH,
    "*": TokenType.STAR,
    "/": TokenType.SLASH,
    "%": TokenType.MOD,
    "=": TokenType.EQ,
    "==": TokenType.EQ,
    "<>": TokenType.NEQ,
    "!=": TokenType.NEQ,
    "<": TokenType.LT,
    "<=": TokenType.LTE,
    ">": TokenType.GT,
    ">=": TokenType.GTE,
    "<=>": TokenType.NULLSAFE_EQ,
    "!": TokenType.NOT,
    "&": TokenType.AMP,
    "|": TokenType.PIPE,
    "^": TokenType.CARET,
    "~": TokenType.TILDE,
    "||": TokenType.DPIPE,
    "|>": TokenType.PIPE_GT,
    "->": TokenType.ARROW,
    "=>": TokenType.FARROW,
}

WORDS = """
ALL AND ANTI ANY ASC BETWEEN CASE CROSS CUBE DESC DISTINCT DIV ELSE END ESCAPE EXCEPT EXISTS
FALSE FOR FROM FULL HAVING ILIKE IN INNER INTERSECT INTERVAL INTO IS JOIN LATERAL LEFT LIKE
LIMIT NATURAL NOT NULL OFFSET ON OR OUTER PIVOT QUALIFY RANGE RECURSIVE RIGHT RLIKE ROLLUP ROW
ROWS SELECT SEMI SOME TABLE THEN TRUE UNION UNPIVOT USING VALUES VIEW WHEN WHERE WINDOW WITH
"""
"""Words that the grammar of queries knows; all others are names."""

KEYWORDS = {word: getattr(TokenType, word) for word in WORDS.split()} | {
    "AS": TokenType.ALIAS,
    "MINUS": TokenType.EXCEPT,
    "REGEXP": TokenType.RLIKE,
    "TABLESAMPLE": TokenType.TABLE_SAMPLE,
}

PAIRS = {
    ("GROUP", "BY"): TokenType.GROUP_BY,
    ("ORDER", "BY"): TokenType.ORDER_BY,
    ("SORT", "BY"): TokenType.SORT_BY,
    ("CLUSTER", "BY"): TokenType.CLUSTER_BY,
    ("DISTRIBUTE", "BY"): TokenType.DISTRIBUTE_BY,
    ("PARTITION", "BY"): TokenType.PARTITION_BY,
    ("GROUPING", "SETS"): TokenType.GROUPING_SETS,
}
"""Two words that are one token."""

_FIRST_OF_PAIR = {first for first, _ in PAIRS}


def tokenize(sql: str) -> list[Token]:
    """The tokens of a text; comments are dropped, a hint is one token with its text as comment.

    Raises
    ------
    ParseException
        UNCLOSED_BRACKETED_COMMENT, or PARSE_SYNTAX_ERROR at a character that starts nothing.
    """
    tokens: list[Token] = []
    at, size = 0, len(sql)
    while at < size:
        found = _TOKEN.match(sql, at)
        assert found is not None, "the last alternative takes any character"
        kind, text, end = found.lastgroup, found.group(), found.end()
        match kind:
            case "blank":
                pass
            case "comment":
                end = _skip_comment(sql, end)
            case "hint":
                end = _skip_comment(sql, end)
                tokens.append(_token(TokenType.HINT, sql[at:end], at, end))
                tokens[-1].comments.append(sql[at:end])
            case "word":
                tokens.append(_token(KEYWORDS.get(text.upper(), TokenType.VAR), text, at, end))
                _join_pair(sql, tokens)
            case "number":
                tokens.append(_token(TokenType.NUMBER, text, at, end))
            case "text" | "raw":
                tokens.append(_token(TokenType.STRING, text, at, end))
            case "quoted":
                name = text[1:-1].replace("``", "`")
                tokens.append(_token(TokenType.IDENTIFIER, name, at, end))
            case _:
                symbol = SYMBOLS.get(text)
                if symbol is None:
                    raise syntax_error(sql, text, at)
                tokens.append(_token(symbol, text, at, end))
        at = end
    return tokens


def _token(kind: TokenType, text: str, start: int, end: int) -> Token:
    return Token(kind, text, start=start, end=end - 1)


def _join_pair(sql: str, tokens: list[Token]) -> None:
    """Make ``GROUP BY`` one token when its second word has just come."""
    if len(tokens) < 2:
        return
    first, second = tokens[-2], tokens[-1]
    if first.token_type is not TokenType.VAR:
        return
    word = first.text.upper()
    if word in _FIRST_OF_PAIR and (kind := PAIRS.get((word, second.text.upper()))):
        tokens[-2:] = [_token(kind, sql[first.start : second.end + 1], first.start, second.end + 1)]


def _skip_comment(sql: str, at: int) -> int:
    """The end of a bracketed comment, which may hold others."""
    depth = 1
    for found in _COMMENT_END.finditer(sql, at):
        depth += 1 if found.group() == "/*" else -1
        if depth == 0:
            return found.end()
    raise ParseException(errorClass="UNCLOSED_BRACKETED_COMMENT", messageParameters={})
