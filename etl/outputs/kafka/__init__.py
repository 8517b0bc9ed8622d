"""Outputs into topics of Kafka: changes of the store, and whole objects for a recovery, in the vendor's format.

Receives the store's engine and the settings of an output. Hands records and, in the same transaction of Kafka, its
progress to the brokers, then moves the position in the store. Never changes golden rows. `registry` and `shape` need
no client of Kafka; `writing` and `recovery` do.
"""
