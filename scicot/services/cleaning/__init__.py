"""Cleaning: bulk edits with preview and revert, and audits of the clean pile."""
