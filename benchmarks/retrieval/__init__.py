"""Retrieval measured: `python -m benchmarks.retrieval`."""
