-- Link rows are ready again{{ ", with all others of their owners" if is_set }}.
update {{ schema | ident }}.{{ table | ident }} l
set in_status = ''
from unnest(cast(:owners as text[]), cast(:targets as text[])) as t (owner, target)
where l.{{ owner_column | ident }} = t.owner and l.in_status in ('DONE', 'WAITING')
{% if not is_set %}
  and l.{{ target_column | ident }} = t.target
{% endif %}
