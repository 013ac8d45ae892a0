"""Owns: the three ways in: pages (web), API (api), command line (cli).
May use: every room below; each door one domain call, then the answer.
Used by: config, which names their URLs.
"""
