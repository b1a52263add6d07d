"""What people and programs see on the command line: progress, tables, JSON, and what every command shares."""
