"""The API: what it offers, as OpenAPI."""
