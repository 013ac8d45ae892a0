"""Owns: 供需对接 matching: encode, index, search, rank, explain; the main job.
May use: market, records, foundation.
Used by: procedure, doors, config.
"""
