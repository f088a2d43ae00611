"""Students: found, loaded, trained, converted and asked. torch is imported only when needed."""
