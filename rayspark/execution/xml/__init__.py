"""XML: read safely into a tree, asked by paths, turned into values and back."""
