"""Owns: the commands of `./run` that do the house's work: match, verify, bench, house.
May use: every room below the doors.
Used by: the program, `python -m triplehelix`; config, whose demo loads the city.
"""
