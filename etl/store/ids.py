"""Ids of instances: 12 random bytes in Base64 with `@` for `+` and `~` for `/`, 16 characters (platform-facts §1.6)."""

# PostgreSQL's own strong random bytes are those of a version 4 UUID, less its bytes 7 to 10, among which are the fixed
# version and variant bits. One expression without a subquery: a subquery would be evaluated once for all rows.
NEW_INSTANCE_ID = (
    "translate(encode(overlay(uuid_send(gen_random_uuid()) placing cast('' as bytea) from 7 for 4), 'base64'), "
    "'+/', '@~')"
)
"""SQL expression of a new id."""
