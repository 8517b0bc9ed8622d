"""Outputs into topics of Kafka, on a real broker."""
