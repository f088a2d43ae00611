"""What a rationale is worth to a student, and whether that tells what people tell."""
