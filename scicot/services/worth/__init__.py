"""What rationales are worth: measured by a student, stored, set against verdicts."""
