-- Waits for the open transactions of earlier tokens.
select unit from {{ schema | ident }}.store_fence where source = :source for update
