-- See suspects, which fills its columns in this order.
create temporary table batch (
{% for change in changes %}
    {{ change.name }} boolean,
{% endfor %}
{% for field in unique %}
    _unique_{{ field.short }} text,
{% endfor %}
    _out_id varchar(32) collate "C",
    _in_id varchar(100) collate "C"
) on commit drop
