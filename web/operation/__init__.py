"""Keeping the service alive: processes, logs, migrations, backup and restore."""
