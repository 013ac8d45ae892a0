"""Owns: the four ways in: pages (web), API (api), harvesting (oai), command line (cli); how two of them give files.
May use: every room below; each door one domain call, then the answer.
Used by: config, which names their URLs; the doors themselves.
"""
