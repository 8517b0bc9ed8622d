"""Keys of configs/InMigrationConfig.txt about who is notified of what: hooks, and when a hand-over is due."""

from etl.settings.due import DUE_PATTERN, DUE_RULE
from etl.settings.keys import Key, ValueKind

NOTICE_KEYS = (
    Key(
        "hookCommand",
        ValueKind.TEXT,
        "",
        "Program that is notified of ended and stopped runs and of late and stalled feeds: one JSON object on its "
        "standard input. Words as in a shell, but no shell runs it. Refused where others may write this file.",
        empty="none",
        guarded=True,
    ),
    Key(
        "hookUrl",
        ValueKind.TEXT,
        "",
        "Address to which the same JSON is posted. It often holds a token, so hookUrl:ENV=NAME is better. "
        "Refused where others may write this file.",
        secret=True,
        pattern=r"https?://[^\s/?#]+[^\s]*",
        rule="is not an address: write one that begins with https:// or http://",
        empty="none",
        guarded=True,
    ),
    Key(
        "hookSeconds",
        ValueKind.NUMBER,
        "10",
        "How long a hook may take; then it is ended, and the run continues.",
        unit="seconds",
        smallest=1,
        largest=300,
    ),
    Key(
        "freshnessDue",
        ValueKind.TEXT,
        "",
        "When a hand-over is due each day, and the time zone: 02:00, 14:00 Asia/Almaty. Without a zone, that of "
        "timeZone, else UTC. Late when none came since the time before, or within freshnessMinutes before it.",
        pattern=DUE_PATTERN,
        rule=DUE_RULE,
        empty="at no fixed time",
    ),
    Key(
        "freshnessMinutes",
        ValueKind.NUMBER,
        "",
        "How old the last hand-over may be, at the times of freshnessDue, without them at any time.",
        unit="minutes",
        smallest=1,
        largest=525_600,
        empty="any age",
    ),
    Key(
        "stalledMinutes",
        ValueKind.NUMBER,
        "",
        "How long a hand-over may be unread: not begun, not ended or stopped.",
        unit="minutes",
        smallest=1,
        largest=525_600,
        empty="any time",
    ),
)
