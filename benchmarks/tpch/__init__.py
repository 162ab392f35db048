"""TPC-H: 22 queries over Parquet, engines side by side."""
