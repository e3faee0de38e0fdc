"""Remove secrets from reports. Every report passes `report` before a format sees it.

What is secret is hidden by default: a report shows a value only if its setting is harmless and the
value has the shape of that setting (`settings`, `value`). `regions` applies this to a file,
`excerpt` to a line of it, and `hide` finds what is secret in every other string.
"""
