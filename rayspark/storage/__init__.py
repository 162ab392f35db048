"""Where blocks lie: the object store, local disks, and the directory of cached partitions."""
