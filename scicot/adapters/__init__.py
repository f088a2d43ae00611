"""Where the outside is touched: files, teacher APIs, student models, processes."""
