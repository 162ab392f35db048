"""One workload a file; each defines ``WORKLOAD``."""
