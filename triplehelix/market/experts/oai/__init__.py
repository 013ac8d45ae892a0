"""The harvester's side of OAI-PMH 2.0: fetching an answer safely, and reading one."""
