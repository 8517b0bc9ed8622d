-- The comment tells later whether the relation is still the current one.
comment on {{ kind }} {{ schema | ident }}.{{ relation | ident }} is '{{ digest }}'
