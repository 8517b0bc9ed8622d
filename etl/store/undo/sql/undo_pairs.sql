-- The instances between which such links would be, for undo_settled.
create temporary table undo_pair (
    row_ctid tid not null,
    bo text not null,
    field text not null,
    owner text collate "C" not null,
    target text collate "C" not null,
    ended_by bigint not null
) on commit drop
