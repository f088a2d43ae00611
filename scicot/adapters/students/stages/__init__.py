"""What training leaves: a stage's folder, its checkpoints, both for other machines and people."""
