-- By this we see later whether the relation is still the one we would make.
comment on {{ kind }} {{ schema | ident }}.{{ relation | ident }} is '{{ digest }}'
