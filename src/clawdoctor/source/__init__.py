"""Parsing of files: text with positions, and JSON5 and YAML nodes with spans."""
