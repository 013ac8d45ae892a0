"""Owns: settings from the environment, the database's address, URL roots.
May use: every room (it only names them).
Used by: nobody imports it but the process that starts.
"""
