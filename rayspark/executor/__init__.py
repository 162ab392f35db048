"""What runs tasks: batches, the evaluation of lineage, shuffle and cache within one process."""
