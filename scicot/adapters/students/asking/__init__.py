"""A trained student asked: texts and option scores, through CTranslate2 or torch."""
