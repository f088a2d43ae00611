"""Students: trained stages, and the answers they give."""
