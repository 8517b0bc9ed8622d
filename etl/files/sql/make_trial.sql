-- The cells of a block as texts, with their lines.
create temporary table fill_cells ({{ (["_line bigint"] + (columns | idents | each("{0} text"))) | comma_list }});
-- A table that refuses what the in_ table refuses of one row; that two rows have one key is not asked here.
create temporary table fill_tried (
    like {{ schema | ident }}.{{ table | ident }} including constraints including defaults
);
-- Tries each cell and each row by itself, so that one that the server refuses is found by its line.
create function pg_temp.fill_faults() returns table (line bigint, column_index integer, reason text)
language plpgsql as $body$
declare
    cells record;
{% for column in columns %}
    cell_{{ loop.index0 }} {{ schema | ident }}.{{ table | ident }}.{{ column | ident }}%type;
{% endfor %}
begin
    for cells in select * from pg_temp.fill_cells order by _line loop
        line := cells._line;
        reason := null;
{% for column in columns %}
        begin
            cell_{{ loop.index0 }} := cells.{{ column | ident }};
        exception when data_exception or integrity_constraint_violation then
            column_index := {{ loop.index0 }};
            reason := sqlerrm;
            return next;
        end;
{% endfor %}
        continue when reason is not null;
        begin
            insert into pg_temp.fill_tried ({{ columns | idents | comma_list }})
            values ({{ range(columns | length) | each("cell_{0}") | comma_list }});
        exception when data_exception or integrity_constraint_violation then
            column_index := null;
            reason := sqlerrm;
            return next;
        end;
    end loop;
end
$body$
