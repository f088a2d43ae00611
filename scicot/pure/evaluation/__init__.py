"""What predictions amount to: tables, comparisons, slices, reports."""
