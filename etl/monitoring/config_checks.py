"""Checks of the configuration tree: who else may write it, and who may read its secrets."""

import re
from collections.abc import Iterator

from etl.config import Tree
from etl.monitoring.finding import Finding, warning

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


def _cure(tree: Tree) -> str:
    if tree.origin.startswith("zookeeper:"):
        return "sign in with a user in the URL and close the tree with setAcl -R, as docs/security.md says"
    return "close it: chown it to the account that runs etl, and chmod -R go-w,o-r"
