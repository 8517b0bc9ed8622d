-- People whom syncs know, and how many of them no complete read has had since.
select count(*) as known, count(vanished_since) as vanished from {{ schema | ident }}.ad_person
