"""Writes outputs into topics of Kafka, for commands and services, and recovers the store into topics.

Receives settings and metadata. Hands changes to etl/outputs/kafka, whose transactions keep the positions.
"""
