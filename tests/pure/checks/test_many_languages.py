"""Every language's good texts are clean, and what is wrong in them is found as in English."""

import pytest

from scicot.pure.checks import find_flags
from scicot.pure.checks.numerals import in_digits
from tests.builders import make_question

# name: (stem, options with the key first, a good rationale)
GOOD = {
    "korean": (
        "식물의 어느 부분이 흙에서 물을 흡수합니까?",
        ("뿌리", "꽃", "잎", "열매"),
        "뿌리는 흙 속에서 뻗어 나가며 뿌리털로 물과 무기 염류를 빨아들여 줄기로 보냅니다.",
    ),
    "korean short": (
        "식물의 어느 부분이 흙에서 물을 흡수합니까?",
        ("뿌리", "꽃", "잎", "열매"),
        "뿌리털이 토양의 수분을 빨아들여 줄기로 올려 보낸다.",
    ),
    "japanese": (
        "植物のどの部分が土から水を吸い上げますか。",
        ("根", "花", "葉", "果実"),
        "根は土の中に広がり、細かい根毛から水と養分を取り込んで茎へ送ります。花や果実は繁殖のための器官です。",
    ),
    "thai": (
        "ส่วนใดของพืชดูดน้ำจากดิน",
        ("ราก", "ดอก", "ใบ", "ผล"),
        "รากอยู่ใต้ดินและมีขนรากเล็กๆ คอยดูดน้ำกับแร่ธาตุแล้วส่งขึ้นไปตามลำต้น",
    ),
    "hebrew": (
        "איזה חלק של הצמח סופג מים מן הקרקע?",
        ("השורשים", "הפרחים", "העלים", "הפירות"),
        "שורשי הצמח נמצאים באדמה, ובעזרת יונקות דקות הם שואבים מים ומלחים אל הגבעול.",
    ),
    "arabic pointed": (
        "أي جزء من النبات يمتص الماء من التربة؟",
        ("الجذور", "الأزهار", "الأوراق", "الثمار"),
        "تنمو جُذُور النبات داخل التربة، وبشعيراتها الدقيقة تأخذ الماء والأملاح ثم ترفعها إلى الساق.",
    ),
    "persian": (
        "کدام بخش گیاه آب را از خاک جذب می\u200cکند؟",
        ("ریشه", "گل", "برگ", "میوه"),
        "ریشه\u200cها در خاک پخش می\u200cشوند و با تارهای نازک خود آب و مواد معدنی را "
        "می\u200cگیرند و به ساقه می\u200cرسانند.",
    ),
    "german": (
        "Was passiert mit Wasser, wenn es in einem offenen Topf lange gekocht wird?",
        ("Es verdampft.", "Es gefriert.", "Es wird fest.", "Es bleibt gleich."),
        "Beim Kochen gehen Teilchen der Flüssigkeit in Wasserdampf über; nach und nach "
        "verdampft so der ganze Inhalt des Topfes.",
    ),
    "dutch": (
        "Wat is de functie van de wortels in een plant?",
        ("water opnemen", "licht vangen", "zaad maken", "lucht geven"),
        "De wortels zitten onder de grond en hebben fijne haren waarmee ze water en zouten "
        "uit de bodem opnemen.",
    ),
    "spanish": (
        "¿Qué parte de la planta absorbe el agua del suelo?",
        ("las raíces", "las flores", "las hojas", "los frutos"),
        "Bajo tierra, la raíz extiende pelos muy finos que toman agua y sales minerales para "
        "llevarlas al tallo.",
    ),
    "turkish": (
        "Bitkinin hangi bölümü topraktan su emer?",
        ("kök", "çiçek", "yaprak", "meyve"),
        "Toprağın içinde yayılan kökler, ince kök tüyleriyle suyu ve mineralleri alıp gövdeye "
        "iletir.",
    ),
    "polish": (
        "Która część rośliny pobiera wodę z gleby?",
        ("korzenie", "kwiaty", "liście", "owoce"),
        "W ziemi znajduje się system korzeniowy; cienkie włośniki korzeni chłoną wodę i sole, "
        "a potem oddają je łodydze.",
    ),
    "vietnamese": (
        "Bộ phận nào của cây hút nước từ đất?",
        ("rễ", "hoa", "lá", "quả"),
        "Rễ cây lan rộng trong đất, nhờ các lông hút nhỏ mà nước và muối khoáng được đưa lên thân.",
    ),
    "traditional": (
        "植物的哪個部分從土壤中吸收水分？",
        ("根", "花", "葉", "果實"),
        "根生長在土壤裡，靠根毛吸收水分與無機鹽，再往上送到莖和葉；花與果實則負責繁殖。",
    ),
    "chinese formulas": (
        "下列哪种物质溶于水后呈酸性？",
        ("HCl", "NaOH", "NaCl", "蔗糖"),
        "HCl 在水中电离出 H⁺ 和 Cl⁻，使 pH 小于 7；NaOH 电离出 OH⁻，呈碱性，NaCl 与蔗糖都呈中性。",
    ),
    "chinese numbers": (
        "一个水分子由几个原子构成？",
        ("３个", "２个", "４个", "５个"),
        "水的分子式是 H₂O，其中有两个氢原子和一个氧原子，合起来正好是 3 个。",
    ),
    "russian case": (
        "Какая часть растения поглощает воду из почвы?",
        ("корни", "лепестки", "листья", "плоды"),
        "Вода поднимается из почвы благодаря корням: тонкие волоски впитывают её вместе с солями.",
    ),
    "urdu": (
        "پودے کا کون سا حصہ مٹی سے پانی جذب کرتا ہے؟",
        ("جڑیں", "پھول", "پتے", "پھل"),
        "جڑیں مٹی کے اندر پھیلتی ہیں اور اپنے باریک بالوں سے پانی اور نمکیات جذب کر کے تنے تک "
        "پہنچاتی ہیں۔",
    ),
    "burmese": (
        "အပင်၏ မည်သည့်အစိတ်အပိုင်းက မြေကြီးမှ ရေကို စုပ်ယူသနည်း။",
        ("အမြစ်", "ပန်း", "အရွက်", "အသီး"),
        "အမြစ်များသည် မြေကြီးထဲတွင် ဖြန့်ကျက်ပြီး အမြစ်မွှေးများဖြင့် ရေနှင့် ဓာတ်ဆားများကို စုပ်ယူကာ ပင်စည်သို့ ပို့ပေးသည်။",
    ),
}

CHINESE = ("植物的哪个部分从土壤中吸收水分？", ("根", "花", "叶", "果实"))
ROOTS = "根毛从土壤里吸收水分和无机盐，再经过茎送到叶。"
GERMAN, JAPANESE, KOREAN, ARABIC = (
    GOOD[name][:2] for name in ("german", "japanese", "korean", "arabic pointed")
)
BAD = {
    "A before its word": (CHINESE, f"{ROOTS}因此A选项符合题意。", "leaks_letter"),
    "Japanese letter": (
        JAPANESE,
        GOOD["japanese"][2] + "したがって選択肢Aが正しい。",
        "leaks_letter",
    ),
    "Korean letter": (KOREAN, GOOD["korean"][2] + " 그래서 정답은 A입니다.", "leaks_letter"),
    "German letter": (GERMAN, GOOD["german"][2] + " Also stimmt Antwort A.", "leaks_letter"),
    "Arabic letter": (ARABIC, GOOD["arabic pointed"][2] + " لذلك الخيار A صحيح.", "leaks_letter"),
    "announced": (CHINESE, f"{ROOTS}所以正确答案是根。", "announces_answer"),
    "another announced": (
        CHINESE,
        "植物的生长离不开水，水进入植物以后向上输送。所以正确答案是花。",
        "contradicts_key",
    ),
    "a chat": (CHINESE, "抱歉，作为一个人工智能，我无法回答这个问题，请您咨询专业人士。", "chat"),
    "the prompt": (CHINESE, f"让我们一步一步思考。{ROOTS}", "echoes_prompt"),
    "Chinese for Japanese": (JAPANESE, GOOD["traditional"][2], "other_language"),
    "Japanese for Chinese": (CHINESE, GOOD["japanese"][2], "other_language"),
    "English for German": (
        GERMAN,
        "When water boils for a long time in an open pot, it is turned into steam that is lost.",
        "other_language",
    ),
    "cut in Chinese": (CHINESE, f"{ROOTS}花和果实负责繁殖，叶负责", "cut_off"),
}


def flags_of(asked: tuple[str, tuple[str, ...]], text: str) -> dict[str, str]:
    question = make_question(
        stem=asked[0], choices=tuple(zip("ABCD", asked[1], strict=True)), answer_key="A"
    )
    return {flag.check: flag.message for flag in find_flags(text, question)}


@pytest.mark.parametrize(("stem", "options", "text"), GOOD.values(), ids=GOOD)
def test_a_good_text_is_clean(stem: str, options: tuple[str, ...], text: str) -> None:
    assert flags_of((stem, options), text) == {}


@pytest.mark.parametrize(("asked", "text", "check"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_found(asked: tuple[str, tuple[str, ...]], text: str, check: str) -> None:
    assert check in flags_of(asked, text)


@pytest.mark.parametrize(
    ("numeral", "digits"),
    [
        ("四十八个", "48个"),
        ("十二", "12"),
        ("二〇二六年", "2026年"),
        ("一百零五", "105"),
        ("三千两百万", "32000000"),
        ("两亿零三万", "200030000"),
        ("第三", "第3"),
        ("3万人", "3万人"),
        ("forty-eight", "forty-eight"),
    ],
)
def test_chinese_numerals_are_read(numeral: str, digits: str) -> None:
    assert in_digits(numeral) == digits


@pytest.mark.parametrize("text", ["四十八除以四是十二，所以每组有十二个苹果。", "每组有12个苹果。"])
def test_a_key_in_digits_is_mentioned_by_a_numeral(text: str) -> None:
    asked = ("把48个苹果平均分成4组，每组有多少个？", ("12个", "10个", "52个", "44个"))
    assert not {"misses_key", "argues_otherwise"} & flags_of(asked, text).keys()


def test_another_numeral_does_not_mention_the_key() -> None:
    asked = ("把48个苹果平均分成4组，每组有多少个？", ("12个", "10个", "52个", "44个"))
    assert "misses_key" in flags_of(asked, "四十八除以四是十，因为苹果很多，每组都一样。")
