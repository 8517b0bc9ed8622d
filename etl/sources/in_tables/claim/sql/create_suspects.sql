-- See suspects.
create temporary table batch (
    _out_id varchar(32) collate "C", _in_id varchar(100) collate "C"{% for field in unique %}, _unique_{{ loop.index0 }} text{% endfor %}{% for change in changes %}, {{ change.name }} boolean{% endfor %}

) on commit drop
