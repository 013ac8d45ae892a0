"""Views: load, one domain call, answer."""
