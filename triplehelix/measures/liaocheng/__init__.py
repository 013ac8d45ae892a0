"""Owns: the pack of Liaocheng 聊城: reference/*.toml with chains, regions, units, fields, lists, working days.
May use: policy, foundation.
Used by: config.
"""
