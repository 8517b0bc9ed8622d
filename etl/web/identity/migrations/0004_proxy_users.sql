-- kind: additive
-- oldest_writer: 0
-- oldest_reader: 0
-- Users whom a proxy names, with the language that each has chosen; their roles come with each request.
create table {{ schema | ident }}.web_proxy_user (
    name varchar(100) collate "C" primary key,
    language varchar(2) not null
);
