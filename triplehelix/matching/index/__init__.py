"""Owns: the write side of the matching index, and what keeps it true to the listings.
May use: matching, market, records, foundation.
Used by: matching, doors, config.

The write side of the matching index: documents, their statistics, their vectors, and making it all again.

`sources` reads listings · `write` puts and removes documents · `statistics` keeps the sums · `vectors` encodes after
the fact · `follower` follows the trail · `rebuild` makes everything again · `schema` knows the indexes by their kind.
"""
