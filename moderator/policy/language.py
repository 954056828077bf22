"""Which language a comment is in, by script, letters and small words. Rules, not a model; nothing is loaded."""

from __future__ import annotations

import re

_DEVANAGARI = re.compile("[\u0904-\u0939\u0958-\u0961]")
_BENGALI = re.compile("[\u0985-\u09b9\u09dc-\u09f1]")
_LATIN = re.compile("[A-Za-z]")
_OTHER = re.compile(
    "[\u0370-\u03ff\u0400-\u052f\u0590-\u08ff\u0a00-\u0dff\u0e00-\u10ff\u1c50-\u1c7f\u3040-\ud7ff\uabc0-\uabff]"
)
_ASSAMESE = re.compile("[ৰৱ]|(?:^|\\s)(?:মই|আৰু|আছে|নাই|হয়|কৰা|এই|পৰা|ক'ত|কিয়)(?=\\s|$)")
_BODO = re.compile(
    "(?:^|\\s)(?:आं|आंनि|नोंथां|नों|बेयो|दङ|जाबाय|मोनसे|खौ|नि|आरो|गासै|थांनाय|मानो|बिनि)(?=\\s|$)|ओंखाम|जायो|थाखाय"
)
_WORD = re.compile("[A-Za-z']+")

_HINDI = frozenset(
    "hai hain nahi nahin nhi ka ki ke ko mein kya kyun kyu kab aur bhi tum aap mera meri tera teri yeh ye woh sab kar karo "
    "karta karte raha rahe rahi tha thi abhi bahut koi kuch apna apne hum ab jab agar lekin mujhe humko wala wale gaya diya liya "
    "hota hoga karna karega kaise kahan baar saale sala jawab kaam milega chahiye log logo desh aadmi sarkar paisa jo isko usko inko".split()
)
_ASSAMESE_LATIN = frozenset(
    "moi ami tumi apuni hoi nohoi aase ase nai kio kiyo kot ketia amar mur tumar kora korok loge logot bhal beya xokolu "
    "sokolu kintu aru axom asom manuh tai xi eitu hobo goisu korise korisu dibo lage nalage bohut khobor".split()
)
_ENGLISH = frozenset(
    "the a an of to and in is are was were be been for on with at by from this that these those it its i you he she we they "
    "my your our their his her not no do does did have has had will would can could should what when where why how who which "
    "please there here all any some one but if or so as than then very just only good bad thank thanks get got up out about "
    "me him them us more most after before again".split()
)


def of(text: str, declared: str = "") -> str:
    """en, hi-Latn, as-Latn, hi, as, bn, brx, another declared tag, or und.

    What the platform declares decides only where the text itself does not: platforms often guess from the account.
    """
    sample = text[:4000]
    if not sample.isascii():
        found = _by_script(sample)
        if found:
            return found
    found = _by_words(sample)
    return found or declared or "und"


def _by_script(text: str) -> str:
    latin = len(_LATIN.findall(text))
    deva, beng, other = (len(shape.findall(text)) for shape in (_DEVANAGARI, _BENGALI, _OTHER))
    if other > max(latin, deva, beng):
        return "und"
    if deva >= beng and deva * 2 > latin:
        return ("brx" if _BODO.search(text) else "hi") if deva else ""
    if beng * 2 > latin:
        return "as" if _ASSAMESE.search(text) else "bn"
    return ""


def _by_words(text: str) -> str:
    words = set(_WORD.findall(text.lower()))
    if not words:
        return ""
    english, hindi, assamese = (len(words & known) for known in (_ENGLISH, _HINDI, _ASSAMESE_LATIN))
    if max(hindi, assamese) > english or (hindi >= 2 and hindi >= english):
        return "hi-Latn" if hindi >= assamese else "as-Latn"
    return "en" if english or len(words) < 4 else ""
