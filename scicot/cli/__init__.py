"""`python -m scicot`: one module a noun, each command the same service call as its screen."""
