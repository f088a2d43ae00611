"""The whole installation: health, backups, people."""
