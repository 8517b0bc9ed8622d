"""The in_ tables of a partner: marker and lease, claim, statuses, receipts, an import in another database."""
