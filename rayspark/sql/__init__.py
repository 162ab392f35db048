"""SQL and DataFrames, under PySpark's names."""
