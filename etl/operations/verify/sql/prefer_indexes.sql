-- From here on the transaction reads by indexes, where that is possible at all.
select set_config(t.name, t.setting, true)
from (
    values ('enable_seqscan', 'off'), ('enable_sort', 'off'), ('enable_indexscan', 'on'), ('enable_indexonlyscan', 'on')
) as t (name, setting)
