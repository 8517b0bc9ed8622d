"""The format of a log line: the part of Logback's patterns that applies to our logs.

`%d{yyyy-MM-dd'T'HH:mm:ss.SSS} [%23.23thread] Q %msg%n`. Besides Logback's own words, `%json` is the whole event as one
line of JSON.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

# Word of a pattern -> what it shows.
_WORDS = {
    **dict.fromkeys(("d", "date"), "date"),
    **dict.fromkeys(("level", "le", "p"), "level"),
    **dict.fromkeys(("logger", "lo", "c"), "logger"),
    **dict.fromkeys(("thread", "t"), "thread"),
    **dict.fromkeys(("msg", "m", "message"), "message"),
    **dict.fromkeys(("mdc", "X"), "context"),
    **dict.fromkeys(("ex", "exception", "throwable", "xEx", "xException", "rEx", "rootException"), "exception"),
    **dict.fromkeys(("nopex", "nopexception"), "no exception"),
    "n": "line end",
    "json": "json",
}
# Of colored_pattern: the escape sequence of each; highlight depends on the level.
COLOURS = {
    name: f"\x1b[{number}m"
    for number, name in enumerate(("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"), start=30)
} | {"gray": "\x1b[90m", "bold": "\x1b[1m", "highlight": ""}
_PIECE = re.compile(
    r"%(?:%|(?P<left>-)?(?P<least>\d{1,3})?(?:\.(?P<end>-)?(?P<most>\d{1,3}))?(?P<word>[A-Za-z]*)"
    r"(?P<open>\()?(?:\{(?P<argument>[^{}]*)\})?)|\\(?P<escaped>.)|(?P<close>\))|(?P<text>[^%\\)]+)"
)
# Java's letters of dates in the words of strftime; \0 is where milliseconds stand.
_DATE = re.compile(r"'(?P<text>[^']*)'|(?P<word>([A-Za-z])\3*)|(?P<other>.)", re.DOTALL)
_DATE_WORDS = {
    "yyyy": "%Y", "yy": "%y", "MM": "%m", "MMM": "%b", "MMMM": "%B", "dd": "%d", "HH": "%H", "hh": "%I", "mm": "%M",
    "ss": "%S", "SSS": "\0", "a": "%p", "EEE": "%a", "EEEE": "%A", "Z": "%z", "XXX": "%z", "X": "%z", "z": "%Z",
}  # fmt: skip
_ISO = "yyyy-MM-dd HH:mm:ss,SSS"


@dataclass(frozen=True)
class Piece:
    """One part of a line. `kind`: text, colour, or what it shows; `most` cuts at the left unless `cuts_end`."""

    kind: str
    argument: str = ""
    least: int = 0
    most: int | None = None
    is_left: bool = False
    cuts_end: bool = False
    inner: tuple["Piece", ...] = ()


class PatternError(ValueError):
    """What is wrong with a pattern and where (from 0)."""

    def __init__(self, message: str, start: int, length: int) -> None:
        super().__init__(message)
        self.start, self.length = start, length


def parse_pattern(text: str) -> tuple[Piece, ...]:
    """The parts of a pattern in order. Raises PatternError."""
    pieces, end = _pieces(text, 0, is_inner=False)
    if end != len(text):
        raise PatternError("closes a bracket that no colour opened: write \\) for a literal bracket", end, 1)
    return pieces


def _pieces(text: str, start: int, *, is_inner: bool) -> tuple[tuple[Piece, ...], int]:
    found, position = list[Piece](), start
    while position < len(text):
        match = _PIECE.match(text, position)
        if match is None:
            raise PatternError("is not part of a pattern", position, 1)
        if match["close"]:
            if is_inner:
                return tuple(found), match.end()
            return tuple(found), position
        position = match.end()
        if match["open"]:
            inner, position = _pieces(text, position, is_inner=True)
            found.append(_grouped(match, inner))
        else:
            found.append(_piece(match))
    if is_inner:
        raise PatternError("leaves a bracket open: close it with )", start, len(text) - start)
    return tuple(found), position


def _grouped(match: "re.Match[str]", inner: tuple[Piece, ...]) -> Piece:
    colour = match["word"].replace("bright", "").replace("bold", "").lower() or match["word"].lower()
    if match["word"] and colour not in COLOURS:
        raise PatternError(f"is not a colour: known are {', '.join(COLOURS)}", match.start(), len(match[0]))
    return Piece("colour", colour, *_width(match), inner=inner)


def _piece(match: "re.Match[str]") -> Piece:
    if match["text"] or match["escaped"] or match[0] == "%%":
        return Piece("text", match["text"] or match["escaped"] or "%")
    kind = _WORDS.get(match["word"])
    if kind is None:
        close = get_close_matches(match["word"], _WORDS, n=1)
        hint = f"did you mean %{close[0]}?" if close else "known are " + ", ".join(f"%{word}" for word in _WORDS)
        raise PatternError(f"is unknown in a pattern: {hint}", match.start(), len(match[0]))
    argument = match["argument"] or ""
    if kind == "date":
        argument = _date_format(argument, match)
    if kind == "logger" and argument and not re.fullmatch(r"\d{1,3}", argument):
        raise PatternError("takes a number of characters", match.start(), len(match[0]))
    return Piece(kind, argument, *_width(match))


def _width(match: "re.Match[str]") -> tuple[int, int | None, bool, bool]:
    most = int(match["most"]) if match["most"] else None
    return int(match["least"] or 0), most, bool(match["left"]), bool(match["end"])


def _date_format(text: str, match: "re.Match[str]") -> str:
    parts = []
    # After a comma Logback accepts a time zone; ours is that of the machine.
    wanted = _ISO if text.strip() in ("", "ISO8601") else text
    for part in _DATE.finditer(wanted):
        if part["word"] and part["word"] not in _DATE_WORDS:
            raise PatternError(f"has {part['word']!r} in its date, which is unknown", match.start(), len(match[0]))
        plain = part["other"] or ("'" if part[0] == "''" else part["text"]) or ""
        parts.append(_DATE_WORDS[part["word"]] if part["word"] else plain.replace("%", "%%"))
    return "".join(parts)
