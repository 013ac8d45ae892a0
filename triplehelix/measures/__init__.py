"""Owns: the policy packs, one folder a city: reference lists as data, later one file a measure.
May use: policy, foundation.
Used by: config.
"""
