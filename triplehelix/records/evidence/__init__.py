"""Owns: 材料: files kept by their hash, of a known kind and size, visible to named audiences.
May use: records, records.parties, records.trail, foundation.
Used by: records, market, matching, procedure, doors, config.
"""
