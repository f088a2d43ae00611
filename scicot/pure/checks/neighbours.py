"""Which rationales say nearly the same: MinHash over word triples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datasketch import MinHash, MinHashLSH

from scicot.pure.checks.finding import words_of

TRIPLE = 3
PERMUTATIONS = 64
ALIKE = 0.8  # Jaccard of word triples


def sketch(text: str) -> MinHash:
    """Return the MinHash of a text's word triples; equal words, equal sketch."""
    words = words_of(text)
    minhash = MinHash(num_perm=PERMUTATIONS)
    triples = {" ".join(words[n : n + TRIPLE]) for n in range(max(1, len(words) - TRIPLE + 1))}
    minhash.update_batch([triple.encode("utf-8", "surrogatepass") for triple in triples])
    return minhash


def find_near_duplicates(texts: Mapping[int, str]) -> Iterator[tuple[int, int, float]]:
    """Yield (id, the first id that says nearly the same, similarity) for each later duplicate."""
    index = MinHashLSH(threshold=ALIKE, num_perm=PERMUTATIONS)
    sketches: dict[int, MinHash] = {}
    for text_id, text in texts.items():
        minhash = sketch(text)
        alike = sorted(
            other for other in index.query(minhash) if sketches[other].jaccard(minhash) >= ALIKE
        )
        if alike:
            yield text_id, alike[0], sketches[alike[0]].jaccard(minhash)
        else:
            sketches[text_id] = minhash
            index.insert(text_id, minhash)
