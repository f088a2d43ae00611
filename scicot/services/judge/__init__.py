"""A judge on a leash: rubrics, its runs, its agreement with people."""
