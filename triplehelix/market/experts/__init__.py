"""Owns: 专家: works harvested from many sources, who wrote them, one person out of many names, and what they confirm.
May use: market.imports, market.achievements, market.listings, records, foundation.
Used by: matching, procedure, doors.
"""
