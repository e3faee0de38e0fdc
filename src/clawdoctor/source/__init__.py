"""From bytes to nodes: text with positions, and JSON5 and YAML trees with spans."""
