"""The words everybody else speaks: records, configs, errors and settings."""
