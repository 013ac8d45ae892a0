"""Owns: the addresses other markets speak to, under /exchange/v1/.
May use: market.exchange, foundation.
Used by: config, which names its URLs.
"""
