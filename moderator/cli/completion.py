"""`moderator completion bash|zsh|fish`: a script for the shell, made from the same grammar as the help."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from moderator.cli import exits
from moderator.cli.call import Call
from moderator.cli.parser import build
from moderator.locale import N_, _

INSTALL: Final = N_("""\
to use it:
  bash   moderator completion bash > ~/.local/share/bash-completion/completions/moderator
  zsh    moderator completion zsh > a directory of $fpath, as _moderator
  fish   moderator completion fish > ~/.config/fish/completions/moderator.fish
""")


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """The shell."""
    parser.set_defaults(run="run")
    parser.epilog = _(INSTALL)
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def run(call: Call) -> int:
    """Print the script."""
    table = words(build())
    script = {"bash": _bash, "zsh": _zsh, "fish": _fish}[call.args.shell](table)
    if call.json:
        call.show({"shell": call.args.shell, "script": script})
    else:
        call.out.write(script)
    return exits.DONE


def words(parser: argparse.ArgumentParser, path: str = "") -> dict[str, list[tuple[str, str]]]:
    """Verb path ("item hide", "" for the top) → what may follow: verbs and long options, each with its help."""
    found: dict[str, list[tuple[str, str]]] = {path: []}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, sub in action.choices.items():
                found[path].append((name, helps.get(name, "")))
                found |= words(sub, f"{path} {name}".strip())
        elif action.option_strings:
            found[path].append((action.option_strings[-1], action.help or ""))
        elif action.choices:
            found[path].extend((str(choice), "") for choice in action.choices)
    return found


def _bash(table: dict[str, list[tuple[str, str]]]) -> str:
    cases = "\n".join(
        f'    "{path}") words="{" ".join(word for word, _ in entries)}" ;;' for path, entries in table.items()
    )
    return f"""\
_moderator() {{
  local path="" word words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${{COMP_WORDS[i]}}"
    case " {_verbs(table)} " in *" ${{path:+$path }}$word|"*) path="${{path:+$path }}$word" ;; esac
  done
  case "$path" in
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
  if [[ ${{#COMPREPLY[@]}} -eq 0 ]]; then COMPREPLY=($(compgen -f -- "${{COMP_WORDS[COMP_CWORD]}}")); fi
}}
complete -F _moderator moderator
"""


def _verbs(table: dict[str, list[tuple[str, str]]]) -> str:
    return " ".join(f"{path}|" for path in table if path)


def _zsh(table: dict[str, list[tuple[str, str]]]) -> str:
    cases = "\n".join(f"    {_quoted(path)}) words=({_described(entries)}) ;;" for path, entries in table.items())
    return f"""\
#compdef moderator
_moderator() {{
  local path="" word
  local -a words known
  known=({" ".join(_quoted(path) for path in table if path)})
  for word in "${{(@)words[2,CURRENT-1]}}"; do
    if (( ${{known[(Ie)${{path:+$path }}$word]}} )); then path="${{path:+$path }}$word"; fi
  done
  case "$path" in
{cases}
  esac
  _describe 'moderator' words || _files
}}
compdef _moderator moderator
"""


def _described(entries: list[tuple[str, str]]) -> str:
    return " ".join(_quoted(f"{word}:{help_}" if help_ else word) for word, help_ in entries)


def _fish(table: dict[str, list[tuple[str, str]]]) -> str:
    return "\n".join(_fish_lines(table)) + "\n"


def _fish_lines(table: dict[str, list[tuple[str, str]]]) -> Iterator[str]:
    for path, entries in table.items():
        verbs = path.split()
        below = [other.split()[-1] for other in table if other.split()[:-1] == verbs and other]
        conditions = [f"__fish_seen_subcommand_from {verb}" for verb in verbs]
        if below:
            conditions.append(f"not __fish_seen_subcommand_from {' '.join(below)}")
        when = f" -n {_quoted('; and '.join(conditions))}" if conditions else ""
        for word, help_ in entries:
            kind = f"-l {word[2:]}" if word.startswith("--") else f"-f -a {word}"
            yield f"complete -c moderator{when} {kind} -d {_quoted(help_)}"


def _quoted(text: str) -> str:
    escaped = text.replace("'", "’")
    return f"'{escaped}'"
