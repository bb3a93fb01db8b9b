"""Where things are kept: tables, connections, keys, files."""
