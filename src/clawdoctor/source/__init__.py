"""Parsing of files: text with positions, and nodes of JSON5 and YAML with spans."""
