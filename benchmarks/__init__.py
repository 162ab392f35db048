"""Benchmarks of RaySpark against PySpark: see README.md in this folder."""
