"""Where questions, rationales and predictions come from: files and the Hugging Face hub."""
