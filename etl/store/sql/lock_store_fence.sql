-- Waits for the open transactions of the tokens before.
select unit from {{ schema | ident }}.store_fence where source = :source for update
