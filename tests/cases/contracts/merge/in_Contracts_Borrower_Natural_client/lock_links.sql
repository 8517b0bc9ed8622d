-- Where a link replaces others, sources write one after the other: neither would see what the other one writes meanwhile,
-- and both links would stay. A run does so too (serial keys). No lock of the table: that would wait for its vacuum.
select pg_advisory_xact_lock(hashtextextended('store_demo.link_Contracts_Borrower', 0))