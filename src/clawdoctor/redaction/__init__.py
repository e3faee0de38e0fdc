"""Remove secrets from reports. Every report passes through `report` before a format sees it.

Values are hidden by default: a report shows a value only if its setting is harmless and the value
has the shape of that setting (`settings`, `value`). `regions` applies this to a file, `excerpt` to
a line of it, and `hide` finds secrets in every other string.
"""
