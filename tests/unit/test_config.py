"""The configuration: the example equals the defaults, and every wrong key or value is refused with its line."""

from __future__ import annotations

import os
import re
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from moderator import config
from moderator.config import Config, ConfigError

EXAMPLE = Path(__file__).resolve().parents[2] / "config.example.toml"

LADDER = """
[escalation]
spoc_level = 2
[[escalation.levels]]
level = 1
office = "Directorate"
phone = "0361-1"
[[escalation.levels]]
level = 2
office = "Secretariat"
name = "A. Baruah"
rank = "Joint Secretary"
mail = "spoc@agency.example"
"""


@pytest.fixture(autouse=True)
def no_system_file(tmp_path, monkeypatch):
    """No test reads this machine's own configuration."""
    monkeypatch.setattr(config, "SYSTEM", tmp_path / "etc" / "config.toml")


def load(tmp_path: Path, source: str | bytes) -> Config:
    path = tmp_path / "config.toml"
    path.write_bytes(source.encode() if isinstance(source, str) else source)
    return config.load(path, {})


def refusal(tmp_path: Path, source: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, source)
    return str(caught.value)


def outcome(path: Path) -> Config | str:
    """What loading gives: a configuration, or the refusal's sentence."""
    try:
        return config.load(path, {})
    except ConfigError as error:
        return str(error)


def plain(found: Config) -> Config:
    return replace(found, path="", system=False)


# --- the example ------------------------------------------------------------------------------------------------------


def test_the_example_equals_the_defaults():
    assert plain(config.load(EXAMPLE, {})) == Config()


def keys(kind: type, prefix: str = "") -> set[str]:
    """Every dotted key that a file may hold, the ones of repeated tables included."""
    found: set[str] = set()
    hints = typing.get_type_hints(kind)
    for field in fields(kind):
        if kind is Config and field.name in ("path", "system"):
            continue
        hint, key = hints[field.name], f"{prefix}{field.name}"
        inner = typing.get_args(hint)[0] if typing.get_origin(hint) is tuple else hint
        if is_dataclass(inner):
            found |= keys(inner, f"{key}.")
        elif typing.get_origin(hint) is Mapping:
            found.add(f"{key}.hide")  # any name may stand there; the example shows this one
        else:
            found.add(key)
    return found


def dotted(data: dict, prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in data.items():
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        found |= dotted(inner, f"{prefix}{name}.") if isinstance(inner, dict) else {f"{prefix}{name}"}
    return found


def with_samples(source: str) -> str:
    """The example with its sample tables uncommented."""
    return re.sub(r"^# (\[\[.*|\w+ = .*)$", r"\1", source, flags=re.MULTILINE)


def test_every_key_stands_in_the_example_with_a_comment():
    source = with_samples(EXAMPLE.read_text("utf-8"))
    assert dotted(tomli.loads(source)) == keys(Config)
    lines = source.splitlines()
    uncommented = [
        line
        for before, line in pairwise(lines)
        if re.match(r"\w+ = ", line) and not before.startswith(("#", "host", "# At least")) and "phone" not in line
    ]
    assert uncommented == []


def test_the_samples_in_the_example_are_valid(tmp_path):
    found = load(tmp_path, with_samples(EXAMPLE.read_text("utf-8")))
    assert found.escalation.levels[0].rank == "Joint Secretary"
    assert found.conduct.matters[0].terms == ("PIL 83/2026",)
    assert found.keys == {"hide": "h,f9"}


def test_control_a_key_left_out_of_the_example_is_seen():
    source = with_samples(EXAMPLE.read_text("utf-8")).replace("draft_ms = 700", "")
    assert dotted(tomli.loads(source)) != keys(Config)


def test_no_machine_is_named_in_the_example():
    assert not re.search(r"/work/|/root/|localhost|127\.0\.0\.1", EXAMPLE.read_text("utf-8"))


# --- where it is read from --------------------------------------------------------------------------------------------


def test_the_first_file_of_the_order_wins(tmp_path, monkeypatch):
    places = {}
    for name in ("given", "env", "system", "own"):
        places[name] = tmp_path / name / "moderator" / "config.toml"
        places[name].parent.mkdir(parents=True)
        places[name].write_text(f'[desk]\nname = "{name}"\n')
    monkeypatch.setattr(config, "SYSTEM", places["system"])
    env = {"MODERATOR_CONFIG": str(places["env"]), "XDG_CONFIG_HOME": str(tmp_path / "own")}
    assert config.load(places["given"], env).desk.name == "given"
    assert config.load(None, env).desk.name == "env"
    del env["MODERATOR_CONFIG"]
    assert config.load(None, env).desk.name == "system"
    places["system"].unlink()
    assert config.load(None, env).desk.name == "own"
    assert config.load(None, env).path == str(places["own"])
    places["own"].unlink()
    assert config.load(None, env) == Config()
    assert config.load(None, {}) == Config()


def test_the_own_file_without_an_xdg_variable(tmp_path):
    place = tmp_path / ".config" / "moderator" / "config.toml"
    place.parent.mkdir(parents=True)
    place.write_text('[desk]\nname = "mine"\n')
    assert config.load(None, {"HOME": str(tmp_path)}).desk.name == "mine"


@pytest.mark.req("F17")
def test_a_named_file_that_is_missing_or_no_file_is_refused(tmp_path):
    for env in ({"MODERATOR_CONFIG": str(tmp_path / "nowhere.toml")}, {"MODERATOR_CONFIG": str(tmp_path)}):
        with pytest.raises(ConfigError, match=r"Check the path|not a file"):
            config.load(None, env)
    with pytest.raises(ConfigError):
        config.load(Path("a\0b"), {})


@pytest.mark.users
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to own a file as root")
@pytest.mark.req("Z27")
def test_only_a_file_that_root_alone_can_write_speaks_for_the_system(tmp_path):
    tmp_path.chmod(0o755)
    path = tmp_path / "config.toml"
    path.write_text("[desk]\n")
    cases = [(0, 0o644, True), (0, 0o664, False), (0, 0o646, False), (1, 0o644, False)]
    for owner, mode, trusted in cases:
        os.chown(path, owner, 0)
        path.chmod(mode)
        assert config.load(path, {}).system is trusted
    os.chown(path, 0, 0)
    path.chmod(0o644)
    tmp_path.chmod(0o777)
    assert config.load(path, {}).system is False
    tmp_path.chmod(0o755)
    own = tmp_path / "moderator" / "config.toml"
    own.parent.mkdir()
    own.write_text("[desk]\n")
    assert config.load(None, {"XDG_CONFIG_HOME": str(tmp_path)}).system is False


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.req("F17")
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("[tims]\npoll = 1.0", "line 1: tims is no key here. Did you mean “times”?"),
        ("[times]\nhide_windw = 1.0", "line 2: times.hide_windw is no key here. Did you mean “hide_window”?"),
        ('[times]\n\npoll = "fast"', "line 3: times.poll must be a number, not text in quotes."),
        ("[times]\npoll = true", "line 2: times.poll must be a number, not true or false."),
        ("[desk]\nname = 5", "line 2: desk.name must be text in quotes, not a whole number."),
        ("[times]\npoll = -1", "line 2: times.poll must be more than 0"),
        (f"[times]\npoll = {'9' * 5000}", "it is not TOML"),
        ("[times]\npoll = nan", "line 2: times.poll must be more than 0"),
        ("[times]\npoll = inf", "line 2: times.poll must be more than 0"),
        ("[times]\nlooks = [60.0, 15.0]", "line 2: times.looks must ascend"),
        ("[times]\nlooks = []", "line 2: times.looks must name at least one"),
        ('[times]\nlooks = [15.0, "x"]', "line 2: times.looks[1] must be a number"),
        ("[times]\nlooks = 5", "line 2: times.looks must be a list"),
        ("[times]\nrenew = 500", "line 2: times.renew must be shorter than times.lease"),
        ("[times]\ndraft_ms = 5000", "line 2: times.draft_ms must be at most 1000"),
        ("[turnaround]\nthreat = 500", "line 2: turnaround.threat must lie between"),
        ("[limits]\nstreams = 0", "line 2: limits.streams must be more than 0"),
        ('[desk]\ntime_zone = "Asia/Kolkatta"', "time zone. Did you mean “Asia/Kolkata”?"),
        ('[desk]\ntime_zone = "../../etc/passwd"', "line 2: desk.time_zone is not a known"),
        ('[desk]\nsocket = "here.sock"', "line 2: desk.socket must be a whole path"),
        (f'[desk]\nsocket = "/{"x" * 120}"', "line 2: desk.socket is longer than 107"),
        ('[desk]\nname = "a\\u001b[31m"', "line 2: desk.name holds a control character"),
        ('[desk]\ngroup = "two words"', "line 2: desk.group is not the name"),
        ('[mail]\ntls = "none"', "line 2: mail.tls must be starttls or tls"),
        ('[mail]\nhost = "mail.example"', "line 1: mail.sender must be set"),
        ('[mail]\nhost = "smtp://x"\nsender = "a@b"', "line 2: mail.host must be a host name"),
        ('[mail]\nsender = "a@b, c@d"', "line 2: mail.sender must be a mail address"),
        ('[conduct]\nlength = "strict"', "line 2: conduct.length must be one of: hard, soft, off."),
        ('[[conduct.matters]]\ntitle = "T"\nkind = "other"\nterms = ["abc"]', "line 3: conduct.matters[0].kind must"),
        ('[conduct]\nmatters = ["x"]', "line 2: conduct.matters[0] must be a table"),
        ('[conduct]\nmatters = "x"', "line 2: conduct.matters must be [[conduct.matters]] tables"),
        ('[vault]\nallow = ["keyrings.alt.file.PlaintextKeyring"]', "line 2: vault.allow[0] keeps secrets"),
        ('[screen]\nadvance = "never"', "line 2: screen.advance must be next or stay"),
        ("desk = 5", "line 1: desk must be a table"),
        ("[desk]\nname = ", "its end: Invalid value"),
        ("[desk\n", "line 1:"),
        (b'[desk]\nname = "\xff"', "line 2: the file is not UTF-8"),
        ("x" * 2_000_000, "is longer than 1,000,000 bytes"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_refused_with_file_line_and_key(tmp_path, source, said):
    sentence = refusal(tmp_path, source)
    assert sentence.startswith(str(tmp_path / "config.toml"))
    assert said in sentence


@pytest.mark.req("F17", "A3")
@pytest.mark.parametrize("section", ["mail", "desk", "vault"])
@pytest.mark.parametrize("name", ["password", "api_key", "access_token", "client_secret", "passwd"])
def test_a_secret_in_the_file_is_refused_and_never_repeated(tmp_path, section, name):
    secret = "Xq9-canary-7fLp2Zr8wM"
    sentence = refusal(tmp_path, f'[{section}]\n{name} = "{secret}"')
    assert "keyring" in sentence
    assert secret not in sentence
    assert secret not in refusal(tmp_path, f'[times]\npoll = "{secret}"')


@pytest.mark.req("E2")
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('rank = "Joint Secretary"', 'rank = "Under Secretary"', "line 12: escalation.levels[1].rank must be at least"),
        ('rank = "Joint Secretary"', "", "line 8: escalation.levels[1].rank must be at least"),
        ('name = "A. Baruah"', 'name = ""', "line 11: escalation.levels[1].name must name the SPOC"),
        ("spoc_level = 2", "spoc_level = 3", "line 3: escalation.spoc_level must be the last level"),
        ("spoc_level = 2", "spoc_level = 1", "line 3: escalation.spoc_level must be the last level"),
        ("spoc_level = 2", "spoc_level = -1", "line 3: escalation.spoc_level must be the last level"),
        ("level = 1", "level = 2", "line 5: escalation.levels[0].level must be 1"),
        ('phone = "0361-1"', "", "line 4: escalation.levels[0].mail must be set, or the phone"),
        ('office = "Secretariat"', "", "line 8: escalation.levels[1].office must name"),
        ("spoc@agency.example", "spoc@x\\nBcc: all", "escalation.levels[1].mail"),
        ('office = "Directorate"', 'office = "D"\nminutes = 0', "escalation.levels[0].minutes must be"),
        ('office = "Directorate"', 'office = "D"\ndeputies = [" "]', "escalation.levels[0].deputies[0] is empty"),
    ],
)
def test_the_ladder_and_its_spoc(tmp_path, old, new, said):
    assert load(tmp_path, LADDER).escalation.levels[1].name == "A. Baruah"
    assert old in LADDER
    assert said in refusal(tmp_path, LADDER.replace(old, new, 1))


WRONG = ['"text"', "''", "5", "-7", "0", "1.5", "-0.5", "nan", "inf", "1e300", "10000000000000000000000000", "true",
         "1979-05-27", "[]", "[1]", '["x"]', "[[]]", "{}", '{x = 1}', '"\\u0000"', '"\\u202e"', "[nan]",
         f"1{'0' * 400}"]  # fmt: skip


def settable() -> list[tuple[str, str]]:
    """(table header, key) of every key, the ones of repeated tables included."""
    found = []
    for key in sorted(keys(Config)):
        table, _, name = key.rpartition(".")
        repeated = table in ("conduct.matters", "escalation.levels")
        found.append((f"[[{table}]]" if repeated else f"[{table}]", name))
    return found


@pytest.mark.req("F17")
@pytest.mark.parametrize(("header", "name"), settable())
def test_every_key_with_every_kind_of_wrong_value_loads_or_is_refused_in_a_sentence(tmp_path, header, name):
    path = tmp_path / "config.toml"
    refused = []
    for value in WRONG:
        path.write_text(f"{header}\n{name} = {value}\n", "utf-8")
        refused.append(outcome(path))
    sentences = [found for found in refused if isinstance(found, str)]
    assert len(sentences) >= len(WRONG) // 2
    assert [found for found in sentences if not re.fullmatch(r"\S+, line \d: \S+ .+[.?]", found)] == []


@pytest.mark.req("F17")
@pytest.mark.parametrize("section", [field.name for field in fields(Config) if field.name not in ("path", "system")])
def test_every_section_mistyped_gives_the_right_name(tmp_path, section):
    assert f"Did you mean “{section}”?" in refusal(tmp_path, f"[{section}x]\n")


@pytest.mark.req("F17")
@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_load_or_are_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "config.toml"
    path.write_bytes(data)
    found = outcome(path)
    assert found.startswith(str(path)) if isinstance(found, str) else plain(found) == Config()


@pytest.mark.req("F17")
@given(st.integers(0, 10_000), st.sampled_from(list('"[]=\n.x0-{}#')))
@settings(max_examples=150, deadline=None)
def test_a_character_changed_anywhere_loads_or_is_refused(tmp_path_factory, at, char):
    source = with_samples(EXAMPLE.read_text("utf-8"))
    at %= len(source)
    path = tmp_path_factory.mktemp("any") / "config.toml"
    path.write_text(source[:at] + char + source[at + 1 :], "utf-8")
    found = outcome(path)
    assert isinstance(found, Config) or found.startswith(str(path))


def test_control_without_the_checks_a_bad_value_gets_in(tmp_path, monkeypatch):
    monkeypatch.setattr("moderator.config.reading.faults", lambda _: iter(()))
    assert load(tmp_path, "[times]\npoll = -1").times.poll == -1.0
