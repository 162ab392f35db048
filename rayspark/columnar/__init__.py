"""Columnar: records as columns, where their values are machine numbers."""
