"""Questions: look them up, browse them, bring them in."""
