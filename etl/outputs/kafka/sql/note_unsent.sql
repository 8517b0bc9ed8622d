-- A record that no topic takes; a step that is repeated notes it again.
insert into {{ schema | ident }}.kafka_unsent_record (output, step, bo, instance, topic, bytes, message)
values (:output, :step, :bo, :instance, :topic, :bytes, :message)
on conflict (output, step, bo, instance) do update
set topic = excluded.topic, bytes = excluded.bytes, message = excluded.message, created_at = clock_timestamp()
