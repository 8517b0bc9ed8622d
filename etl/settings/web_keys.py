"""Keys of the file about `etl web`."""

from typing import Final

from etl.settings.keys import Key, KeyFile, ValueKind

WEB: Final = "configs/WebConfig.txt"

_HOST = r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"
_PROXY = r"(unix|[0-9A-Fa-f.:]+(/[0-9]{1,3})?)"
_HEADER = r"[A-Za-z][A-Za-z0-9-]*"
_PATH = r"/.*"
_GROUP = r"[^;]+:(operator|viewer|partner|reader)(@[A-Za-z][A-Za-z0-9_]*)?"


def _list_of(one: str, separator: str = ",") -> str:
    return rf"{one}(\s*{separator}\s*{one})*"


_WEB_KEYS: Final = (
    Key(
        "identity",
        ValueKind.CHOICE,
        "none",
        "How viewers are known. none: all who can connect are operators, so etl web listens on loopback addresses and "
        "sockets only. password: users of `etl web user add`. proxy: a proxy that has signed them in names them.",
        choices=("none", "password", "proxy"),
    ),
    Key(
        "allowedHosts",
        ValueKind.TEXT,
        "",
        "Names of hosts by which browsers may ask, separated by commas; a request for another one is refused.",
        pattern=_list_of(_HOST),
        rule="is not a list of hosts: write names or addresses without a port, separated by commas",
        empty="the names of the loopback address, and the addresses that etl web listens on",
    ),
    Key(
        "trustedProxies",
        ValueKind.TEXT,
        "",
        "Addresses or networks of proxies whose headers X-Forwarded-For, -Proto, -Host and -Prefix count, separated by "
        "commas; unix is what connects to a socket. From elsewhere such a header is refused.",
        pattern=_list_of(_PROXY),
        rule="is not a list of addresses: write addresses, networks such as 10.0.0.0/8, or unix, separated by commas",
        empty="none",
        guarded=True,
    ),
    Key(
        "userHeader",
        ValueKind.TEXT,
        "X-Forwarded-User",
        "Header in which a trusted proxy names the user, with identity=proxy.",
        pattern=_HEADER,
        rule="is not the name of a header: write letters, digits and hyphens",
    ),
    Key(
        "groupsHeader",
        ValueKind.TEXT,
        "X-Forwarded-Groups",
        "Header in which a trusted proxy names the user's groups, separated by commas, with identity=proxy.",
        pattern=_HEADER,
        rule="is not the name of a header: write letters, digits and hyphens",
    ),
    Key(
        "groupRoles",
        ValueKind.TEXT,
        "",
        "Roles of the groups, with identity=proxy: GROUP:ROLE or GROUP:ROLE@COMPANY, separated by semicolons. Who is "
        "in none of them sees nothing. Roles are operator, viewer, partner and reader.",
        pattern=_list_of(_GROUP, ";"),
        rule="is not a list of roles: write GROUP:ROLE or GROUP:ROLE@COMPANY, separated by semicolons",
        empty="none",
        guarded=True,
    ),
    Key(
        "partnerRole",
        ValueKind.TEXT,
        "{company}_partner",
        "Role of the database under which pages of partners are read; {company} stands for the code of the company. It "
        "has the grants of `etl grants`, and the engine's own role is a member of it.",
        pattern=r"[A-Za-z0-9_{}]+",
        rule="is not a role: write letters, digits and underscores, and {company} for the code of the company",
    ),
    Key(
        "consoleRole",
        ValueKind.TEXT,
        "",
        "Role of the database under which pages are read and sign-ins and the audit are written. It has the grants of "
        "`etl grants --console`, and the engine's own role is a member of it. Actions are done as the engine itself.",
        pattern=r"[A-Za-z0-9_]+",
        rule="is not a role: write letters, digits and underscores",
        empty="the engine's own role",
    ),
    Key(
        "tlsCertificate",
        ValueKind.TEXT,
        "",
        "File of the server's certificate with its chain, as PEM, for etl web without a proxy in front. A new file is "
        "taken at once.",
        pattern=_PATH,
        rule="is not the whole path of a file",
        empty="no encryption",
    ),
    Key(
        "tlsKey",
        ValueKind.TEXT,
        "",
        "File of the key of the certificate, as PEM, without a passphrase.",
        pattern=_PATH,
        rule="is not the whole path of a file",
        empty="the file of the certificate",
    ),
    Key(
        "spoolFolder",
        ValueKind.TEXT,
        "",
        "Folder in which uploaded files wait, on the machine of etl web; readable by its own account alone.",
        pattern=_PATH,
        rule="is not the whole path of a folder",
        empty="the folder uploads in the home of etl",
        guarded=True,
    ),
    Key(
        "spoolFreeMegabytes",
        ValueKind.NUMBER,
        "1024",
        "How much of the disk stays free: with less than that, files are not taken.",
        unit="megabytes",
        smallest=0,
        largest=1_000_000_000,
    ),
    Key(
        "uploadMegabytes",
        ValueKind.NUMBER,
        "256",
        "Size of the largest file that is taken; all that wait of one viewer may have four times as much.",
        unit="megabytes",
        smallest=1,
        largest=1_000_000,
    ),
    Key(
        "uploadMinutes",
        ValueKind.NUMBER,
        "60",
        "How long an uploaded file waits to be loaded; then it is deleted.",
        unit="minutes",
        smallest=1,
        largest=100_000,
    ),
)

WEB_FILE: Final = KeyFile(WEB, "How etl web knows its viewers, and for whom it answers.", _WEB_KEYS, overlaid=False)
