"""The programs that run for long: the site, the worker, the demo, the tests. Started by `./run`, ended by a signal."""
