"""Which names of a tree count, and which bytes are a text."""

from etl.errors import ConfigurationError, Problem

# ZooKeeper's default limit for a node, so that a tree can move between directory and ZooKeeper.
LARGEST_TEXT = 1024 * 1024
_BOM = b"\xef\xbb\xbf"


def is_ignored(name: str) -> bool:
    """Dot files belong to editors and version control; `*.errors.txt` is what etl itself writes beside a text."""
    return name.startswith(".") or name.endswith(".errors.txt")


def errors_path(path: str) -> str:
    return f"{path.removesuffix('.txt')}.errors.txt"


def decode(data: bytes, location: str) -> str:
    """The text in `data`, without a byte-order mark. Raises ConfigurationError with `location` and line if it is not
    text."""
    if len(data) > LARGEST_TEXT:
        raise ConfigurationError(Problem("is larger than 1 MiB: a configuration text is small", location))
    if b"\0" in data:
        line = _line(data, data.index(b"\0"))
        raise ConfigurationError(Problem("holds a NUL byte: save it as plain UTF-8 text", location, line))
    body = data.removeprefix(_BOM)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _line(body, error.start)
        raise ConfigurationError(Problem("is not UTF-8: save it in that encoding", location, line)) from None


def encode(content: str, location: str) -> bytes:
    """The bytes to write; ConfigurationError when `decode` would not take them back."""
    try:
        data = content.encode("utf-8")
    except UnicodeEncodeError as error:
        line = content.count("\n", 0, error.start) + 1
        raise ConfigurationError(Problem("holds half a character (a lone surrogate)", location, line)) from None
    decode(data, location)
    return data


def checked(path: str) -> str:
    """`path` itself when it names a text inside the tree."""
    parts = path.split("/")
    faulty = not path.isprintable() or any(part == "" or is_ignored(part) for part in parts)
    if faulty:
        raise ConfigurationError(
            f"{path!r} cannot be the path of a configuration text: name it like configs/InMigrationConfig.txt, "
            "without dot files and *.errors.txt"
        )
    return path


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
