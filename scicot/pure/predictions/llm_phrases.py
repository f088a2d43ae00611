r"""How large models lead in to an answer, refuse one, and take one back.

What is written here is the vocabulary alone: `llm_statements` finds statements with it, and
`llm_segments` reads what they state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scicot.pure.predictions.markup import BOX

RIGHT = (
    r"(?:correct|right|best|final|appropriate|valid|accurate|"
    r"most\s+(?:likely|appropriate|accurate|suitable|plausible|fitting|reasonable))"
)
_THEN = r"(?:\s+(?:therefore|then|thus|so|clearly|most\s+likely|probably))?"
IS = (
    rf"(?:is|was|(?:would|must|should|will|ought\s+to|(?:is\s+)?going\s+to|can\s+only){_THEN}\s+be"
    r"|has\s+(?:got\s+)?to\s+be|(?:seems|appears|turns\s+out)\s+to\s+be)"
)
_SURELY = (
    r"(?:therefore|thus|clearly|definitely|indeed|then|simply|probably|likely|most\s+likely|"
    r"actually|obviously|certainly|undoubtedly|in\s+fact|still|again|option|choice|letter|answer)"
)
# a label that nothing but a label can be: "Option B", "(B)", or a letter before a mark or "because"
LABEL_AHEAD = (
    r"(?=(?:the\s+)?(?:option|choice|answer|letter)\s+[(\[\"'“]?(?-i:[A-J]|[1-9])(?![\w'’])"
    r"|[(\[](?-i:[A-J]|[1-9])[)\]]"
    r"|[\"'“]?(?-i:[A-HJ])[\"'”]?\s*(?:[.,;!\n]|$|\b(?:because|since|as|due)\b))"
)
_NOUN = rf"(?:answer|{RIGHT}\s+(?:option|choice|statement|response|one|guess|pick)|choice|pick)"
_OF_WHAT = r"\s+(?:(?:to|for)\s+(?:(?:the|this|our|your)\s+)?(?:question|problem)(?:\s+\d+)?|here)"
_LABEL_NEXT = r"(?=[\"'“「『（(【\[]?\s*(?-i:[A-J]|[1-9])(?![A-Za-z0-9]))"
# the plain sentence in other languages, and "Answer:" in them
_ABROAD = (
    r"\b(?:die\s+)?(?:richtige\s+)?(?:antwort|lösung)\s+(?:ist|lautet|wäre)\b\s*:?"
    r"|\b(?:la\s+)?(?:respuesta|opción)(?:\s+correcta)?\s+(?:es|sería)\b(?:\s+la\b)?\s*:?"
    r"|\b(?:la\s+)?(?:bonne\s+)?réponse(?:\s+(?:correcte|juste))?\s+(?:est|serait)\b(?:\s+la\b)?\s*:?"
    r"|\b(?:a\s+)?(?:resposta|alternativa)(?:\s+(?:correta|certa))?\s+(?:é|seria)\b(?:\s+a\b)?\s*:?"
    r"|\b(?:la\s+)?risposta(?:\s+(?:corretta|giusta))?\s+(?:è|sarebbe)\b(?:\s+la\b)?\s*:?"
    r"|\b(?:het\s+)?(?:juiste|goede|correcte)\s+antwoord\s+is\b\s*:?"
    r"|\bпоэтому\s+ответ\s*|\bответ(?:ом)?\s*(?:[-–—]|это\b|является\b)\s*:?"
    r"|\b(?:doğru\s+)?(?:cevap|yanıt)\s*:?\s*" + _LABEL_NEXT + ""
    r"|\b(?:đáp\s+án|câu\s+trả\s+lời)(?:\s+đúng)?\s+là\b\s*:?"
    r"|(?:सही\s+)?उत्तर(?:\s+है)?\s*:?\s*" + _LABEL_NEXT + ""
    r"|(?:정답|답)(?:은|는|:)?\s*:?\s*" + _LABEL_NEXT + ""
    r"|(?:正解|答え|解答|回答)(?:は|[:：])?\s*" + _LABEL_NEXT + ""
    r"|الإجابة(?:\s+الصحيحة)?\s+هي\s*:?"
    r"|(?:^|\n)[*#\s]*(?:\w+\s+)?(?:antwort|lösung|respuesta|réponse|resposta|risposta|antwoord|ответ|"
    r"odpowiedź|cevap|yanıt|đáp\s+án|الإجابة|الجواب)(?:\s+\w+)?\s*[:：]"
)
LEAD_IN = re.compile(
    rf"\b(?:(?:the|my|your|our|an?)\s+)?(?:{RIGHT}(?:,?\s+(?:and\s+)?{RIGHT})*\s+)?{_NOUN}"
    rf"(?:{_OF_WHAT}|\s+(?:choice|option))?[\"'”]?\s*"
    rf"(?:(?:,\s*[^,.;:\n]{{1,60}},\s*)?{IS}\b(?:\s+{_SURELY})*\s*:?|:|=|\s[-–—]\s|\s*[-=]>|→)"
    rf"|\b(?:the|this)\s+(?:option|choice|statement|answer|one)\s+(?:that|which)\s+"
    rf"[^.,;\n?!]{{1,80}}?\s{IS}\b(?:\s+{_SURELY})*\s*:?"
    r"|\b(?:i|we)(?:['’](?:d|ll|m|ve)|\s+(?:would|will|am|must|can|have|had\s+to|have\s+to))?\s+"
    r"(?:choose|chose|chosen|pick|picked|select|selected|go(?:ing)?\s+(?:with|for)|answer|"
    r"conclude\s+that\s+it\s+is|choosing|selecting|picking)\b\s*:?"
    rf"|(?:^|[.!?:,]\s+|\n\s*)(?:please\s+)?(?:choose|select|pick|mark|go\s+with)\s+{LABEL_AHEAD}"
    rf"|\b(?:it|that|this)(?:['’]s|\s+{IS})(?:\s+{_SURELY})*\s*:?\s*{LABEL_AHEAD}"
    rf"|\bleav(?:es|ing)\s+(?:(?:us|me)\s+(?:with\s+)?)?(?:only\s+|just\s+)?{LABEL_AHEAD}"
    rf"|(?:^|\n|[.!]\s+)\s*(?:therefore|thus|hence|so|consequently|(?:in\s+)?conclusion)\s*[,:]?\s+"
    rf"{LABEL_AHEAD}"
    r"|\bans(?:wer)?\.?\s*[:=]|\bans\.\s|\bans\s+[-–—]\s"
    rf"|(?:^|\n)\s*(?:####|[-=]>|→)\s*{_LABEL_NEXT}|\[\[(?=[A-J]\]\])"
    r"|(?:^|\n)\s*(?:correct|solution|final|response|selected|letter)\s*:"
    r"|(?:^|\n)[#\s]*(?:the\s+)?(?:final\s+|correct\s+)?answer[ \t]*(?=\n)"
    r"|<\s*(?:(?:final|correct)[_-]?)?(?:answer|ans|choice|option|label|solution|response|result)"
    r"(?:\s[^<>]{0,80})?>|\[/?(?:final[_ ])?answer\]"
    rf"|{BOX}|[✓✔✅]\ufe0f?\s*{LABEL_AHEAD}"
    r"|(?:正确)?(?:答案|选项|选择)(?:应该|应)?(?:是|为|选)?\s*[:：]?\s*(?=[（(【\[\"“「『]?\s*[A-J1-9A-Ｊ\u4e00-\u9fff])"
    rf"|{_ABROAD}"
    r"|(?:应该|应|故|所以|因此)?选(?=\s*[（(]?\s*[A-J](?![A-Za-z]))",
    re.IGNORECASE,
)
_NAME = (
    r"(?P<word>[\"'“‘]?(?:option|choice|answer|letter|statement)?\s*[(\[\"'“‘]?\s*)"
    r"(?P<name>[A-Ja-j1-9])(?![\w'’])"
)
_ONE = r"(?:answer|option|choice|one|response|statement)"
_SO = r"(?:(?:therefore|clearly|thus|indeed|then|definitely|obviously|the|a|my|only|our|most)\s+)*"
_WHAT = (
    rf"(?P<what>{RIGHT}(?:\s+{_ONE})?|answer|choice|only\s+{_ONE}(?=\s+(?:that|which|left)\b))\b"
)
VERDICT = re.compile(rf"\b(?:{IS}|seems|looks)\s+{_SO}{_WHAT}(?P<after>[^\n.!?]*)", re.IGNORECASE)
# "(B) One week is the best answer"
REVERSED = re.compile(
    rf"(?:(?<=^)|(?<=[\s\"'“‘(\[])){_NAME}(?P<text>\s*[)\]\"'”’]*\s*[.:,–-]?\s*[^\n.!?]{{0,250}}?)\s*,?\s*"
    rf"\b(?:{IS}|seems|looks)\s+{_SO}{_WHAT}(?P<after>[^\n.!?]*)",
    re.IGNORECASE,
)
# "which makes B the right one"
MAKES = re.compile(
    rf"\b(?:mak(?:es|ing)|leav(?:es|ing))\s+{_NAME}[)\]\"'”’]*(?P<text>)\s+"
    rf"(?:as\s+)?{_SO}(?P<what>{RIGHT}(?:\s+{_ONE})?|answer|choice)\b(?P<after>[^\n.!?]*)",
    re.IGNORECASE,
)
# "(B) One week: correct", one line an option
JUDGED = re.compile(
    r"^[\s*•-]*(?P<word>(?:(?:option|choice|answer|statement)\s+)?[(\[]?)(?P<name>[A-Ja-j1-9])"
    r"(?P<text>(?:[)\].:]+[^\n]*?)?)\s*"
    r"(?:(?:[-–—:(,=]+|→|->)\s*(?P<what>(?:correct|right)\b(?!\s+(?:answer|option|choice)s?\s+is))"
    r"|[✓✔✅])(?P<after>[^\n.!?,;]*)",
    re.IGNORECASE | re.MULTILINE,
)
REFUSING = re.compile(
    r"\b(?:not|incorrect|wrong|least|never|doubt\w*|cannot|unlikely|neither|nor|false|hardly|"
    r"unless|except|eliminat\w+|by\s+no\s+means|anything\s+but|far\s+from|other\s+than|"
    r"rul(?:e|es|ed|ing)\s+out|mistaken\w*|worst|improbable|implausible)\b"
    r"|n['’]t\b|[不非]|错|\bnicht\b|\bkein\w*\b|ليست?\b|\bfalsch\w*|\bniet\b"
    r"|\bn(?:['’]est|e\s+\w+)\s+pas\b|\bno\s+(?:es|sería)\b|\bnão\b|\bnon\s+[èe]\b|\bне\b|\bне(?:верн|правильн)\w*"
    r"|\bdeğil\b|\bkhông\b|नहीं|아니|아닙|ではな|じゃな",
    re.IGNORECASE,
)
# "A is wrong": the letter is spoken of, not stated
SPOKEN_OF = re.compile(
    r"^\s*(?:is|isn|was|wasn|would|wouldn|could|couldn|can|cannot|does|doesn|has|hasn|must|should|"
    r"seems|looks|fails|describes|refers)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|whether|suppose|assum\w+|were|unless|might|could|may|perhaps|maybe|someone|some\s+"
    r"(?:people|students|might)|one\s+(?:might|may|could)|not\s+sure|unsure)\b|如果|假如|可能|也许|是否",
    re.IGNORECASE,
)
# "C would be right for thirty turns", "A is the answer only if it turns once"
_ONLY_THEN = re.compile(r"\b(?:if|unless|only|provided|had)\b", re.IGNORECASE)
_WOULD_THEN = re.compile(
    r"^\s*(?:for|in|when|with|under|at|on)\b(?!\s+(?:this|the|that)\s+(?:question|case|reason|passage))",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[,;:，；]\s*|\s[-–—]\s|\bbut\b", re.IGNORECASE)
# words right before a statement that begin it anew: "A is wrong, so the answer is B"
_ANEW = re.compile(
    r"\b(?:and|so|therefore|thus|hence|then|means|meaning|consequently|but|yet)\s*,?\s*(?:that\s+)?"
    r"(?:(?:i|we)\s+(?:think|believe|say|conclude|know|see)\s+(?:that\s+)?)?$",
    re.IGNORECASE,
)
_FULL_TAKING_BACK = re.compile(
    r"(?:^|[.!?…\n,—–-]|\b(?:oh|but|hmm|no))\s*wait\b(?=\s*(?:[,.!?:;…—–-]|$|no\b|a\b|that\b|i\b|let\b|"
    r"maybe\b|actually\b))|\bon\s+second\s+thought|\bi\s+(?:was|am|may\s+be|might\s+be)\s+(?:wrong|"
    r"mistaken)|\bi(?:\s+am|['’]m)\s+(?:not\s+(?:sure|certain)|unsure)|\bi\s+(?:have\s+)?doubt|"
    r"\bhold\s+on\b|\blet\s+me\s+(?:re(?:check|consider|think|calculate|compute|evaluate|do|visit)|"
    r"(?:check|think)\s+again)|\bscratch\s+that\b",
    re.IGNORECASE,
)
# the sentence right after a statement, about the statement
_TAKEN_BACK_NEXT = re.compile(
    r"^\W*(?:no|but|hmm|actually|however|sorry)?\W*(?:that|this|it)(?:['’]s|\s+(?:is|was|seems|may\s+be|"
    r"might\s+be|could\s+be))\s+(?:not\s+(?:right|correct)|wrong|incorrect|a\s+mistake)\b"
    r"|^\W*(?:that|this|it)\s+(?:is|was)n['’]t\s+(?:right|correct)\b|^\W*no\b\W*$",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(r"\b(?:yes|confirmed|so\s+it\s+is|checks\s+out|still\s+holds)\b", re.I)
LONGEST_SENTENCE = 1000  # characters: what repeats itself without an end is no sentence
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)」』]*(?:\s|$)|(?<=[。！？])|\n")


def is_no_commitment(before: str, stated: str, sentence: str) -> bool:
    """Return whether a statement is negated, doubted, conditional or a question.

    `before` is its sentence up to it, `stated` the statement without what it states.
    """
    if sentence.rstrip(" \"'”’)*").endswith(("?", "？", "؟")):
        return True
    clause = _last_clause(before) + stated
    if REFUSING.search(clause) or _CONDITION.search(clause):
        return True
    imagined = re.search(r"\b(?:if|were|had|suppose)\b", before, re.IGNORECASE)
    return bool(imagined and re.search(r"\bwould\b", stated, re.IGNORECASE))


def _last_clause(before: str) -> str:
    """Return the part of a sentence that governs what follows it."""
    if _ANEW.search(before):
        return ""
    places = [match.end() for match in _CLAUSES.finditer(before)]
    clause = before[places[-1] :] if places else before
    # "I doubt, frankly, that the answer is B": what was said before governs it
    return before if re.match(r"\s*(?:that|whether|to\s+say)\b", clause, re.IGNORECASE) else clause


def is_only_conditional(stated: str, after: str) -> bool:
    """Return whether "C would be right for thirty turns" speaks of another question."""
    after = re.split(r"[,;]", after)[0]
    if REFUSING.search(after) or _ONLY_THEN.search(after) or _CONDITION.search(after):
        return True
    return bool(re.search(r"\bwould\b", stated, re.IGNORECASE) and _WOULD_THEN.match(after))


def is_taken_back(following: str) -> bool:
    """Return whether what follows a statement doubts it or takes it back."""
    match = _FULL_TAKING_BACK.search(following)
    if match and not _CONFIRMED.search(following, match.end()):
        return True
    end = _SENTENCE_END.search(following.lstrip())
    first = following.lstrip()[: end.start()] if end else following.lstrip()
    return bool(_TAKEN_BACK_NEXT.search(first))


def sentence_start(text: str, place: int) -> int:
    """Return where the sentence around a place begins, or what one can look back to."""
    first = max(0, place - LONGEST_SENTENCE)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, first, place)]
    return ends[-1] if ends else first


def sentence_end(text: str, place: int, options: Sequence[str] = ()) -> int:
    """Return where the sentence around a place ends; "B. One week" is one with its option."""
    match = _SENTENCE_END.search(text, place)
    while match and re.search(r"(?:^|[\s(\"'“:])[A-Ja-j1-9][.]$", text[: match.start()]):
        following = text[match.end() :].casefold()
        own = [option for option in options if option and following.startswith(option.casefold())]
        if not own or "\n" in text[match.start() : match.end()]:
            break
        match = _SENTENCE_END.search(text, match.end() + max(map(len, own)))
    end = match.start() if match else len(text)
    return min(end, place + LONGEST_SENTENCE)
