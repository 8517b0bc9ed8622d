-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- Of objects whose metadata name `sourceTime` it is also noted which source has said the state of an instance, and of
-- when that is: as the field `_state`. Programs that do not know this would remove what is newer.
comment on table {{ schema | ident }}.field_owner is
    'Which source has written a field last, and of when the value is, of fields whose metadata name sources or a time; '
    'with a time also who has said the state.'
