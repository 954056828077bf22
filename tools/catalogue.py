"""The catalogues of the interface's languages: collected from the code, checked, filled and compiled.

python tools/catalogue.py update               every sentence of the code into every .po; what is gone is removed
python tools/catalogue.py check                exit 1 where one is missing, empty, fuzzy or has other placeholders
python tools/catalogue.py fill as FILE.json    merge translations: {"English": "text" or ["one", "many"]}
python tools/catalogue.py missing as           what is not translated yet, as JSON for `fill`
python tools/catalogue.py compile              .po → .mo, as the package's build does

A sentence is the first argument of `_`, `N_`, `words`, `mark` (and the first two of `n_`, `counted`), one plain string
literal. What is no literal is named with its place, and nothing is written.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import string
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polib

ROOT: Final = Path(__file__).resolve().parent.parent
CODE: Final = ROOT / "moderator"
PLACE: Final = CODE / "locale"

SINGLE: Final = frozenset({"_", "N_", "words", "mark"})
PLURAL: Final = frozenset({"n_", "counted"})
SPOKEN: Final = ("moderator.locale", "moderator.domain.wording")
"""Where a file imports them from."""
POLICY: Final = "policy/default.toml"
LIBRARYS: Final = re.compile(r"%(?:\([a-z_]+\))?[sr]")
OWN: Final = frozenset({"domain/wording.py", "locale/__init__.py"})
"""Where these functions themselves stand: what they are called with there is no sentence."""


@dataclass(slots=True)
class Found:
    """One sentence of the code."""

    one: str
    many: str = ""
    files: set[str] = field(default_factory=set)
    """Where it stands. No line numbers: they would change with every other change."""


def collect(code: Path = CODE) -> tuple[dict[str, Found], list[str]]:
    """Every sentence under a directory, by its English; and what cannot be collected, each with its place."""
    sentences: dict[str, Found] = {}
    faults: list[str] = []
    for path in sorted(code.rglob("*.py")):
        name = path.relative_to(code).as_posix()
        if name not in OWN:
            for function, call in _calls(ast.parse(path.read_text(encoding="utf-8"))):
                _take(function, call, f"{code.name}/{name}", sentences, faults)
    for reason in _reasons(code / POLICY):
        sentences.setdefault(reason, Found(reason)).files.add(f"{code.name}/{POLICY}")
    return sentences, faults


def _reasons(policy: Path) -> list[str]:
    """What the rules of the policy that ships say of a finding: shown beside it, in the officer's language."""
    if not policy.is_file():
        return []
    found = {rule.get("why", "") for rule in tomllib.loads(policy.read_text(encoding="utf-8")).get("rule", ())}
    return sorted(found - {""})


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call of one of the functions that say something, by the name under which the file imported it."""
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in SPOKEN
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = imported.get(node.func.id, "")
            if name in SINGLE | PLURAL:
                yield name, node


def _take(function: str, call: ast.Call, where: str, sentences: dict[str, Found], faults: list[str]) -> None:
    wanted = 2 if function in PLURAL else 1
    texts = [arg.value for arg in call.args[:wanted] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if len(texts) < wanted:
        if not _said_later(call, wanted):
            faults.append(f"{where}:{call.lineno}: the argument of {function} is not one plain string literal")
        return
    one, many = texts[0], texts[1] if wanted == 2 else ""
    if not one:
        return
    try:
        given = {name.arg for name in call.keywords} | ({"n"} if many else set())
        used = {name for name in placeholders(one) | placeholders(many) if not name.startswith("%")}
    except ValueError as error:
        faults.append(f"{where}:{call.lineno}: {one!r} is no template: {error}")
        return
    splat = any(name.arg is None for name in call.keywords)
    if function not in ("N_", "mark") and not splat and used - given:
        faults.append(f"{where}:{call.lineno}: {one!r} is not given {', '.join(sorted(used - given))}")
    known = sentences.setdefault(one, Found(one))
    if many and known.many not in ("", many):
        faults.append(f"{where}:{call.lineno}: {one!r} has two plurals: {known.many!r} and {many!r}")
    known.many = known.many or many
    known.files.add(where)


def _said_later(call: ast.Call, wanted: int) -> bool:
    """Whether the argument is looked up: a template of a table, which `N_` or `mark` collects where it stands."""
    later = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)
    return len(call.args) >= wanted and all(isinstance(arg, later) for arg in call.args[:wanted])


def placeholders(template: str) -> set[str]:
    """The names in braces. Raises ValueError where the braces do not fit, or one holds no name.

    The values of the standard library's own sentences (`%s`, `%(name)r`) count as well.
    """
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    if "" in names or any(not name.isidentifier() for name in names):
        raise ValueError("every brace must hold the name of a value")
    return names | set(LIBRARYS.findall(template))


def catalogues(place: Path = PLACE) -> dict[str, polib.POFile]:
    """Every catalogue by its language."""
    return {path.stem: polib.pofile(str(path), wrapwidth=110) for path in sorted(place.glob("*.po"))}


def updated(book: polib.POFile, sentences: Iterable[Found]) -> polib.POFile:
    """The catalogue with exactly these sentences, in their order, keeping what is translated already."""
    before = {entry.msgid: entry for entry in book}
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata, fresh.header = book.metadata, book.header
    for found in sorted(sentences, key=lambda one: one.one):
        fresh.append(_entry(found, before.get(found.one), forms(book)))
    return fresh


def _entry(found: Found, old: polib.POEntry | None, count: int) -> polib.POEntry:
    entry = polib.POEntry(msgid=found.one, occurrences=[(name, "") for name in sorted(found.files)])
    if old is not None and bool(old.msgid_plural) == bool(found.many):
        entry.msgstr, entry.msgstr_plural = old.msgstr, dict(old.msgstr_plural)
        entry.tcomment, entry.flags = old.tcomment, list(old.flags)
    if found.many:
        entry.msgid_plural = found.many
        entry.msgstr_plural = {at: entry.msgstr_plural.get(at, "") for at in range(count)}
    return entry


def forms(book: polib.POFile) -> int:
    """How many plural forms the language has, as the header says."""
    plural = book.metadata.get("Plural-Forms", "nplurals=2; plural=(n != 1);")
    return int(plural.partition("nplurals=")[2].partition(";")[0])


def faults_of(book: polib.POFile, sentences: dict[str, Found]) -> Iterator[str]:
    """What keeps a catalogue from being whole, one sentence for each fault."""
    there = {entry.msgid: entry for entry in book}
    for missing in sorted(sentences.keys() - there.keys()):
        yield f"missing: {missing!r}"
    for gone in sorted(there.keys() - sentences.keys()):
        yield f"no longer in the code: {gone!r}"
    for msgid in sorted(sentences.keys() & there.keys()):
        entry, found = there[msgid], sentences[msgid]
        if entry.fuzzy:
            yield f"fuzzy: {msgid!r}"
        if entry.msgid_plural != found.many:
            yield f"another plural in the code: {msgid!r}"
        said = [entry.msgstr_plural.get(at, "") for at in range(forms(book))] if found.many else [entry.msgstr]
        yield from _faults_of(found, said)


def _faults_of(found: Found, said: list[str]) -> Iterator[str]:
    """The faults of one translation: empty, braces that do not fit, other placeholders, lost edges of white space."""
    wanted = placeholders(found.one) | placeholders(found.many)
    least = wanted - {"n"} if found.many else wanted
    for text in said:
        if not text.strip():
            yield f"not translated: {found.one!r}"
            continue
        try:
            used = placeholders(text)
        except ValueError as error:
            yield f"{found.one!r}: {text!r} is no template: {error}"
            continue
        if not least <= used <= wanted:
            yield f"{found.one!r}: has {sorted(wanted)}, the translation has {sorted(used)}"
        edges = [(one[: len(one) - len(one.lstrip())], one[len(one.rstrip()) :]) for one in (found.one, text)]
        if edges[0] != edges[1]:
            yield f"{found.one!r}: begins or ends with other white space than the translation"


def fill(book: polib.POFile, translations: dict[str, str | list[str]]) -> list[str]:
    """Put translations into a catalogue; what was refused, each with why."""
    there = {entry.msgid: entry for entry in book}
    refused: list[str] = []
    for msgid, given in translations.items():
        said = [given] if isinstance(given, str) else list(given)
        entry = there.get(msgid)
        if entry is None:
            refused.append(f"no such sentence: {msgid!r}")
            continue
        wanted = forms(book) if entry.msgid_plural else 1
        faults = list(_faults_of(Found(msgid, entry.msgid_plural), said))
        if len(said) != wanted:
            faults = [f"{msgid!r}: needs {wanted} forms, has {len(said)}"]
        if faults:
            refused += faults
        elif entry.msgid_plural:
            entry.msgstr_plural = dict(enumerate(said))
        else:
            entry.msgstr = said[0]
    return refused


def untranslated(book: polib.POFile) -> dict[str, str | list[str]]:
    """What has no translation yet, with the English where the translation goes."""
    return {
        entry.msgid: [entry.msgid, *[entry.msgid_plural] * (forms(book) - 1)] if entry.msgid_plural else entry.msgid
        for entry in book
        if not entry.translated()
    }


def compile_all(place: Path = PLACE, into: Path = PLACE) -> list[Path]:
    """Every `.po` of a directory compiled to `.mo`; written only where something changed. The files."""
    written = []
    for language, book in catalogues(place).items():
        target, content = into / f"{language}.mo", book.to_binary()
        if not target.is_file() or target.read_bytes() != content:
            fresh = target.with_suffix(".mo.new")
            fresh.write_bytes(content)
            fresh.replace(target)
        written.append(target)
    return written


def pseudo(text: str) -> str:
    """A sentence as the pseudo-language says it: in brackets, and two fifths longer, as translations are."""
    return f"⟦{text}{'~' * max(1, len(text) * 2 // 5)}⟧"


def pseudo_catalogue(sentences: Iterable[Found]) -> polib.POFile:
    """A catalogue of the language `qps`, which tests speak: what is not in brackets on a screen is not wrapped."""
    book = polib.POFile()
    book.metadata = {
        "Language": "qps",
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
        "X-Language-Name": "⟦Pseudo⟧",
    }
    for found in sentences:
        entry = polib.POEntry(msgid=found.one, msgid_plural=found.many)
        if found.many:
            entry.msgstr_plural = {0: pseudo(found.one), 1: pseudo(found.many)}
        else:
            entry.msgstr = pseudo(found.one)
        book.append(entry)
    return book


def _write_all(sentences: dict[str, Found]) -> None:
    for language, book in catalogues().items():
        fresh = updated(book, sentences.values())
        fresh.save(str(PLACE / f"{language}.po"))
        print(f"{language}: {len(fresh)} sentences, {len(fresh.untranslated_entries())} to translate")


def _check_all(sentences: dict[str, Found]) -> int:
    bad = 0
    for language, book in catalogues().items():
        for fault in faults_of(book, sentences):
            print(f"{language}: {fault}")
            bad += 1
    return 1 if bad else 0


def _fill(language: str, file: Path) -> int:
    book = catalogues()[language]
    refused = fill(book, json.loads(file.read_text(encoding="utf-8")))
    book.save(str(PLACE / f"{language}.po"))
    print("\n".join([*refused, f"{language}: {len(book.untranslated_entries())} still to translate"]))
    return 1 if refused else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("update", "check", "compile"):
        verbs.add_parser(verb)
    for verb in ("fill", "missing"):
        verbs.add_parser(verb).add_argument("language", choices=sorted(catalogues()))
    verbs.choices["fill"].add_argument("file", type=Path)
    return parser


def main() -> int:
    """Do what the verb says; the exit code."""
    given = _parser().parse_args()
    if given.verb == "compile":
        print("\n".join(path.name for path in compile_all()))
        return 0
    if given.verb == "fill":
        return _fill(given.language, given.file)
    if given.verb == "missing":
        print(json.dumps(untranslated(catalogues()[given.language]), ensure_ascii=False, indent=1))
        return 0
    sentences, faults = collect()
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    if given.verb == "check":
        return _check_all(sentences)
    _write_all(sentences)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
