-- The changes of one instance, the last first, and of links that lead to it, each with the unit that made it and the
-- values before and after: what the next change of a column replaced, else what stands there now. Read by
-- journal_instance, which has no `touched`; of links that lead here it knows the owners from the link's table and from
-- journal_target.
with change as materialized (
    select j.n, j.run, j.bo, j.instance, j.field, j.target, j.change, j.before, j.origin, false as is_incoming
    from {{ store_schema | ident }}.journal j
    where j.instance = :instance and j.bo = :bo and j.change <> 'touched'
{% for link in incoming %}
    union all
    select j.n, j.run, j.bo, j.instance, j.field, j.target, j.change, j.before, j.origin, true
    from {{ store_schema | ident }}.journal j
    where j.instance <> :instance and j.bo = :bo_{{ loop.index0 }} and j.field = :field_{{ loop.index0 }}
      and j.target = :instance and j.change <> 'touched'
      and j.instance = any(array(
          (
              select l._owner from {{ store_schema | ident }}.{{ link.store_table | ident }} l
              where l._target = :instance
              limit :most_owners
          )
          union
          (
              select u.instance from {{ store_schema | ident }}.journal u
              where u.target = :instance and u.change = 'unlinked' and u.bo = :bo_{{ loop.index0 }}
                and u.field = :field_{{ loop.index0 }}
              limit :most_owners
          )
      ))
{% endfor %}
),
now as (
    select v.key, left(v.value, :width) as value
    from {{ store_schema | ident }}.{{ golden | ident }} g, jsonb_each_text(to_jsonb(g)) v (key, value)
    where g._id = :instance and v.key = any(cast(:columns as text[]))
),
replaced as (
    select c.n, v.key, left(v.value, :width) as value, false as is_first
    from change c, jsonb_each_text(c.before) v (key, value)
    where c.field is null
    union all
    select c.n, k.key, null, true
    from change c, unnest(cast(:columns as text[])) k (key)
    where c.change = 'created'
),
valued as (
    select r.n, r.key, r.value as before, r.is_first,
        case when lead(r.n) over later is null then w.value else lead(r.value) over later end as after
    from replaced r
    left join now w on w.key = r.key
    window later as (partition by r.key order by r.n)
),
listed as (
    select v.n, jsonb_agg(jsonb_build_array(v.key, v.before, v.after) order by v.key) as values
    from valued v
    where not (v.is_first and v.after is null)
{% if column %}
      and v.key = :column
{% endif %}
    group by v.n
)
select c.n, c.run as unit, u.source, u.kind as unit_kind, u.started_at as at, c.change, c.bo, c.instance, c.field,
    c.target, c.before ->> '_target_bo' as target_bo, c.is_incoming, c.origin, l.values,
    (
        select max(d.as_run)
        from {{ store_schema | ident }}.undone_run d
        where d.run = c.run
          and not exists (select from {{ store_schema | ident }}.undone_run a where a.run = d.as_run)
    ) as undone_by,
    (select d.run from {{ store_schema | ident }}.undone_run d where d.as_run = c.run) as undoes
from change c
left join {{ store_schema | ident }}.unit u on u.number = c.run
left join listed l on l.n = c.n
where (cast(:after as bigint) is null or c.n < :after)
{% if column %}
  and l.values is not null
{% elif field %}
  and c.field = :field
{% endif %}
order by c.n desc
limit :limit
