-- Partitions of topics that a process reads, on one host or on any. One whose process has no session any more, as it
-- was killed, is not waited for: its token is raised when all is closed. An owner is `host runner/number`.
select p.topic, p.partition, p.owner from {{ schema | ident }}.kafka_position p
where p.owner is not null and (:host = '' or split_part(p.owner, ' ', 1) = :host)
  and exists (
      select from pg_stat_activity a
      where a.datname = current_database()
        and a.application_name = 'etl:' || split_part(split_part(p.owner, ' ', 2), '/', 1)
  )
order by p.topic, p.partition
