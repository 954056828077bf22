"""The use cases, one file for each capability: the only writer of the desk's database."""
