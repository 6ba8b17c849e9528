"""Benchmarks: each prints its own time beside a floor measured in the same run (docs/performance.md)."""
