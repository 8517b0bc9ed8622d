-- The links of one table that a source gives, see staging.py.
create temporary table {{ table | ident }} (
    id bigint not null,
    owner text collate "C",
    owner_in_id text collate "C",
    owner_is_new boolean,
    target text collate "C",
    target_field text,
    target_value text collate "C",
    removed boolean,
    _origin text
) on commit drop
