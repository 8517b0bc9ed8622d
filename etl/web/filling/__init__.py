"""Filling in_ tables from files over HTTP: uploads that wait in a spool folder, their checks, their loads.

Receives bodies of requests and runtimes of companies. Hands on uploads with what was found in them. Reads a file only
in a process of its own, and loads it in one transaction. Knows nothing of pages, and never believes a file's name.
"""
