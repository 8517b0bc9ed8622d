"""`etl run --loop` and its like: services that wait, work and follow their configuration until a signal ends them.

Receives a configuration URL and a company. Calls runs, helpers and the work on topics. Knows no task and no record.
"""
