"""The directory (Active Directory) as a source of people and their memberships.

Receives settings. `client` reads all accounts and groups or fails, and alone knows the library; `account`, `groups`,
`names` and `mapping` say what they are, without I/O. `people` decides what differs, also without I/O; `stored` reads
the store, stages the differences for the merge as one unit of work, a sync, and notes who is who.
"""

from etl.sources.directory.access import Directory, open_directory, refuse_unknown, unguarded
from etl.sources.directory.account import Account, BadValue
from etl.sources.directory.groups import Group, Groups
from etl.sources.directory.mapping import needed_attributes, person_values
from etl.sources.directory.names import same_name
from etl.sources.directory.sign_in import AccountRefused, SignInGuard

__all__ = [
    "Account",
    "AccountRefused",
    "BadValue",
    "Directory",
    "Group",
    "Groups",
    "SignInGuard",
    "needed_attributes",
    "open_directory",
    "person_values",
    "refuse_unknown",
    "same_name",
    "unguarded",
]
