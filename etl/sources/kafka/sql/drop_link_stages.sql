-- The next part of the batch makes its own.
drop table if exists pg_temp.mark, pg_temp.err{% for table in tables %}, pg_temp.{{ table | ident }}{% endfor %}
