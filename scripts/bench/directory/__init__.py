"""Syncs with a domain of Active Directory beside the directory's own client."""
