"""Keys of the file about Active Directory: where it is, how it is read, what becomes of an account."""

import re
from types import MappingProxyType
from typing import Final

from etl.settings.keys import Key, KeyFamily, KeyFile, ValueKind
from etl.settings.topic_keys import CODE, list_of

DIRECTORY: Final = "configs/AdConfig.txt"
ATTRIBUTE: Final = "adAttribute."

DEFAULT_ATTRIBUTES: Final = MappingProxyType({"surname": "sn", "name": "givenName", "position": "title"})
"""Field of Person -> attribute of the account."""

_BY_ETL: Final = "is filled by etl itself: delete the line"
_ATTRIBUTES = KeyFamily(
    ATTRIBUTE,
    "Attribute of the account that a field of Person gets its value from. Without a line surname has sn, name has "
    "givenName and position has title.",
    ("adAttribute.mobile=telephoneNumber",),
    CODE,
    "does not end in the code of a field of Person: write adAttribute.position=title",
    refused=dict.fromkeys(("email", "status", "adGuid", "accessLevel"), _BY_ETL),
)

_HOST = r"([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])"

_KEYS: Final = (
    Key(
        "adHost",
        ValueKind.TEXT,
        "",
        "Domain controllers: names or addresses without a port, separated by commas. Each next one is asked when those "
        "before it cannot be reached.",
        pattern=list_of(_HOST),
        rule="is not a list of hosts: write names or addresses without a port, separated by commas",
        empty="there is no directory",
    ),
    Key(
        "adPort",
        ValueKind.NUMBER,
        "389",
        "Port of LDAP at all of them. With useSSL 389 stands for 636.",
        smallest=1,
        largest=65_535,
    ),
    Key("useSSL", ValueKind.BOOLEAN, "false", "Whether the connection begins with TLS (LDAPS)."),
    Key(
        "adUsername",
        ValueKind.TEXT,
        "",
        "Account that reads the directory: a DN, name@domain or DOMAIN\\name. An ordinary one is enough.",
        empty="none, with adBind=gssapi",
    ),
    Key(
        "adPassword",
        ValueKind.TEXT,
        "",
        "Password of the account. Better kept out of this file: adPassword:ENV=NAME reads it from the environment "
        "variable NAME.",
        secret=True,
        empty="none, with adBind=gssapi",
    ),
    Key("adBase", ValueKind.TEXT, "", "DN below which accounts are searched.", empty="none, without adHost"),
    Key(
        "adGroupFieldCode",
        ValueKind.TEXT,
        "",
        "Field of PersonGroup that has the DN of a group of the directory.",
        pattern=CODE,
        rule="is not the code of a field: write letters, digits and underscores, beginning with a letter",
        empty="groups have no members from the directory",
    ),
    Key(
        "adStartTls",
        ValueKind.BOOLEAN,
        "false",
        "Whether the connection changes to TLS before anything is sent (StartTLS); a controller without it is refused.",
    ),
    Key(
        "adCaFile",
        ValueKind.TEXT,
        "",
        "File of the authorities whose certificates are trusted, as PEM. Certificates are always verified.",
        pattern="/.*",
        rule="is not the whole path of a file",
        empty="those of the system",
    ),
    Key(
        "adBind",
        ValueKind.CHOICE,
        "simple",
        "How the account signs in: simple by its password, gssapi by a Kerberos ticket of the operating system's user, "
        "which also encrypts the connection.",
        choices=("simple", "gssapi"),
    ),
    Key(
        "adUserFilter",
        ValueKind.TEXT,
        "",
        "LDAP filter that an account must match too, as (department=IT).",
        pattern=r"\(.*\)",
        rule="is not a filter: write it in parentheses, as (department=IT)",
        empty="all accounts of users",
    ),
    Key(
        "adPageSize",
        ValueKind.NUMBER,
        "1000",
        "Entries of one answer. Controllers give 1000 at most, unless an administrator has changed that.",
        unit="entries",
        smallest=1,
        largest=100_000,
    ),
    Key(
        "adConnectSeconds",
        ValueKind.NUMBER,
        "5",
        "How long a controller may take to be connected, before the next one is asked.",
        unit="seconds",
        smallest=1,
        largest=600,
    ),
    Key(
        "adReadSeconds",
        ValueKind.NUMBER,
        "60",
        "How long a controller may take for one answer.",
        unit="seconds",
        smallest=1,
        largest=3_600,
    ),
    Key(
        "adNestedGroups",
        ValueKind.BOOLEAN,
        "false",
        "Whether an account is also a member of the groups that its groups are members of.",
    ),
    Key(
        "adKeepManualGroups",
        ValueKind.BOOLEAN,
        "false",
        "Whether people of the directory stay in groups whose adGroupFieldCode is empty; else a sync ends that too.",
    ),
    Key(
        "adVanished",
        ValueKind.CHOICE,
        "deactivate",
        "What becomes of a Person whose account a sync does not find any more: deactivate sets the status, remove "
        "removes the instance too, keep changes nothing.",
        choices=("deactivate", "remove", "keep"),
    ),
    Key(
        "adMaxVanishedShare",
        ValueKind.NUMBER,
        "10",
        "How many of the active people of the directory one sync may deactivate or remove; more stop it.",
        unit="percent",
        smallest=0,
        largest=100,
    ),
    Key(
        "adMaxLeaveShare",
        ValueKind.NUMBER,
        "30",
        "How many of the memberships of people of the directory one sync may end; more stop it.",
        unit="percent",
        smallest=0,
        largest=100,
    ),
    Key(
        "adLoginWaitSeconds",
        ValueKind.NUMBER,
        "5",
        "How long a sync of one user waits for a sync of all users.",
        unit="seconds",
        smallest=0,
        largest=600,
    ),
    Key(
        "adLoginTries",
        ValueKind.NUMBER,
        "4",
        "How many wrong passwords of one login are given to the directory. Fewer than lock the account there "
        "(lockoutThreshold of the domain), so that the accounts of others cannot be locked here.",
        smallest=1,
        largest=1_000,
    ),
    Key(
        "adLoginTriesMinutes",
        ValueKind.NUMBER,
        "30",
        "How long a login waits after that many wrong passwords. As long as the directory counts them, or longer "
        "(lockOutObservationWindow of the domain).",
        unit="minutes",
        smallest=1,
        largest=10_080,
    ),
    Key(
        "adAccessLevelNew",
        ValueKind.TEXT,
        "ACCESS_ALLOWED",
        "Value of accessLevel for a Person that a sync makes; it never changes that of one who is there.",
        empty="none",
    ),
    Key(
        "adStatusActive",
        ValueKind.TEXT,
        "ACTIVE",
        "Value of Person's status for an account that is in use.",
        pattern=r"\S(.*\S)?",
        rule="is not a value: write one word",
    ),
    Key(
        "adStatusInactive",
        ValueKind.TEXT,
        "INACTIVE",
        "Value of Person's status for an account that is disabled or has expired.",
        pattern=r"\S(.*\S)?",
        rule="is not a value: write one word",
    ),
)

DIRECTORY_FILE: Final = KeyFile(
    DIRECTORY,
    "Active Directory, whose accounts become Persons. Without adHost nothing here connects to a directory.",
    _KEYS,
    families=(_ATTRIBUTES,),
)

ATTRIBUTE_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
