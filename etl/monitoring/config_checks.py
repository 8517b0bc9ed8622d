"""Checks of the configuration tree: who else may write it, who may read its secrets, whom the console lets in."""

import re
from collections.abc import Iterator, Mapping

from etl.config import Tree
from etl.errors import ConfigurationError
from etl.monitoring.finding import Finding, warning
from etl.settings.company import company_folders
from etl.settings.web import web_settings
from etl.settings.web_keys import WEB

# A secret within the text itself; `password:ENV=NAME` has none.
_SECRET = re.compile(r"(?m)^\s*(password|hookUrl|option\.\S*(password|passphrase|secret|pem))\s*=\s*\S")


def check_trust(tree: Tree) -> Iterator[Finding]:
    """Who may write the tree: such users decide to which servers passwords are sent."""
    counting = {path: why for path, why in tree.open_texts.items() if not path.endswith(".errors.txt")}
    for why in sorted(set(counting.values())):
        texts = sorted(path for path, one in counting.items() if one == why)
        named = ", ".join(texts[:3]) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")
        found = f"{why}: who writes {named} decides where passwords and rows go"
        yield warning("configuration", found, _cure(tree))
    reported = sorted(path for path in tree.readable if path in tree.texts and _SECRET.search(tree.texts[path].content))
    for path in reported:
        yield warning("configuration", f"{path} holds a secret, and any user may read it", _cure(tree))


def check_viewers(tree: Tree, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the users of a proxy can see anything, and in companies that exist."""
    try:
        settings = web_settings(tree.contents, origin=tree.origin, environ=environ, open_texts=tree.open_texts)
    except ConfigurationError:
        return  # that is a finding of its own
    if settings.identity != "proxy":
        return
    if not (settings.trusted_networks or settings.has_trusted_socket):
        yield warning(
            "viewers", "identity=proxy trusts no proxy: all users are refused", f"set trustedProxies in {WEB}"
        )
    if not settings.group_roles:
        yield warning("viewers", "identity=proxy gives no group a role: users see nothing", f"set groupRoles in {WEB}")
    known = company_folders(tree.texts)
    for one in settings.group_roles:
        if one.company and one.company not in known:
            found = f"groupRoles gives {one.group} the role {one.role} in {one.company}, which is no company"
            yield warning("viewers", found, f"correct it in {WEB}: there is {', '.join(known)}")


def _cure(tree: Tree) -> str:
    if tree.origin.startswith("zookeeper:"):
        return "sign in with a user in the URL and close the tree with setAcl -R, as docs/security.md says"
    return "close it: chown it to the account that runs etl, and chmod -R go-w,o-r"
