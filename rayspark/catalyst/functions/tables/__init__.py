"""The rows, a family a file."""
