"""The YAML that decides what stays hidden is read without surprises."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.errors import ConfigError
from pipeline.folders import ROOT
from pipeline.settings import strict_yaml

QUOTED = "put a text that begins with `@`, `%` or a backquote in quotes"
SPACES = "write plain spaces in place of tabs and full-width or no-break spaces"


def read(tmp_path: Path, text: str) -> dict[str, object]:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return strict_yaml.load(path).data


def refused(tmp_path: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    return caught.value


def fault(tmp_path: Path, text: str) -> str:
    return refused(tmp_path, text).cause.replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("1:30.5", "1:30.5"),
        ("017", "017"),
        ("12", 12),
        ("-1.5", -1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("~", None),
        ("", None),
        ('"true"', "true"),
        ("2026-11-22", "2026-11-22"),
        ("0x1f", "0x1f"),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(tmp_path: Path, written: str, meant: object) -> None:
    assert read(tmp_path, f"key: {written}\n") == {"key": meant}


def test_a_key_written_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    assert fault(tmp_path, "a:\n  blur: 1\n  b: 2\n  blur: 3\n") == "a.yaml:4: a.blur: written twice (first on line 2)"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x 1\n", "a.yaml:1: anchor &x"),
        ("a: &x [1]\nb: *x\n", "a.yaml:2: alias *x"),
        ("a: !!python/object:os.system ls\n", "a.yaml:1: tag tag:yaml.org,2002:python/object:os.system"),
        ("a: [1, 2\nb: 3\n", "a.yaml:2: not valid YAML"),
        ("- 1\n", "a.yaml:1: expected `key: value`"),
        ("a: " + "[" * 30 + "]" * 30, "a.yaml:1: more than 20 levels deep"),
        ("a: 1\nb: b\x07c\n", "a.yaml:2: a character that nobody can see stands in it: U+0007"),
        ("a: 1\nb: c\0\n", "a.yaml:2: zero bytes stand in it: it was damaged"),
        ("\0" * 200, "a.yaml:1: zero bytes stand in it"),
    ],
)
def test_what_could_surprise_is_refused_by_line(tmp_path: Path, text: str, says: str) -> None:
    assert says in fault(tmp_path, text)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    assert "a configuration has at most" in fault(tmp_path, "a: 1\n" + "#" * (300 * 1024))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(ConfigError, match="not UTF-8"):
        strict_yaml.load(path)
    path.write_bytes("a: 1\nb: 结节\n".encode("gbk"))
    with pytest.raises(ConfigError, match=r"a\.yaml:2: not UTF-8"):
        strict_yaml.load(path)
    path.write_bytes("a: 1\n".encode("utf-16-le"))
    with pytest.raises(ConfigError, match=r"a\.yaml:1: zero bytes .* saved as something else than UTF-8"):
        strict_yaml.load(path)


@pytest.mark.parametrize(
    ("text", "says", "remedy"),
    [
        ("title：甲\nclips: []\n", "a.yaml:2: not valid YAML", "line 1: write `: ` in place of `：`"),
        ("title: 甲\nlanguage：zh\n", "(begun on line 2)", "line 2: write `: ` in place of `：`"),
        ("title：甲\n", "a.yaml:1: expected", "line 1: write `: ` in place of `：`"),
        ('a:\n  - {from: "0:12"，to: "0:20"}\n', "a.yaml:2: not valid YAML", "line 2: write `, ` in place of `，`"),
        ("a: {b: “1, c: 2\nd: 3\n", "a.yaml:2: not valid YAML", 'line 1: write `"` in place of `“` and `”`'),
        ("title:甲\nlanguage: zh\n", "a.yaml:2: not valid YAML", "line 1: write a space behind the colon"),
        ("title: @诊室\n", "a.yaml:1: not valid YAML", f"line 1: {QUOTED}"),
        ("tags:\n  - 甲\n  - @诊室\n", "a.yaml:3: not valid YAML", f"line 3: {QUOTED}"),
        ("tags: [@诊室]\n", "a.yaml:1: not valid YAML", f"line 1: {QUOTED}"),
        ("clips:\n\u3000- {from: 1, to: 2}\n", "a.yaml:2: not valid YAML", f"line 2: {SPACES}"),
        ("clips:\n\u00a0 - {from: 1, to: 2}\n", "a.yaml:2: not valid YAML", f"line 2: {SPACES}"),
        ("clips:\n\t- {from: 1, to: 2}\n", "a.yaml:2: not valid YAML", f"line 2: {SPACES}"),
        ("title:\u3000甲\n", "a.yaml:1: expected", f"line 1: {SPACES}"),
        ('a: "C:\\Users\\li"\n', "a.yaml:1: not valid YAML", r"line 1: write `/` in place of `\` in a path"),
        ("a: 甲\nb: 提醒: 乙\n", "a.yaml:2: not valid YAML", "line 2: put a text that holds `: ` in quotes"),
        ("zones: 【{at: [0, 0, 1, 1]}】\n", "a.yaml:1: not valid YAML", "line 1: write `[ ]` in place of `【 】`"),
        ("tags: [甲, #乙]\n", "not valid YAML", "line 1: put a text that begins with `#` in quotes"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: not valid YAML: a second document begins here: take the line `---` out", ""),
    ],
)
def test_what_a_chinese_keyboard_wrote_is_told_with_what_to_write(
    tmp_path: Path, text: str, says: str, remedy: str
) -> None:
    error = refused(tmp_path, text)
    assert says in error.cause
    assert error.remedy.partition(";")[0] == remedy


@pytest.mark.parametrize("text", ["title: 甲状腺 #1", "title: #1", "tags:\n  - 甲\n  - #乙", "a: {b: 甲 #1\n}"])
def test_a_text_that_a_hash_would_cut_off_is_refused(tmp_path: Path, text: str) -> None:
    line = len(text.splitlines()) if "tags" in text else 1
    assert f"a.yaml:{line}: " in fault(tmp_path, text)
    assert "what stands behind `#` is not read" in fault(tmp_path, text)


def test_comments_stay_comments(tmp_path: Path) -> None:
    text = (
        "#a\ntitle: Nodule  # for Monday\nfill: '#123456'  #grey\ntags: []  #none\nclips: #two\n  - 1 ## one\na: b#c\n"
    )
    assert read(tmp_path, text) == {"title": "Nodule", "fill": "#123456", "tags": [], "clips": [1], "a": "b#c"}


@pytest.mark.parametrize("text", ["title: \u3000甲", "title: 甲\u3000", "synthetic: true\u00a0", "a: 1\n\u3000b: 2"])
def test_a_space_that_nobody_sees_at_the_end_of_a_text_is_refused(tmp_path: Path, text: str) -> None:
    assert "full-width or no-break space at its start or end" in fault(tmp_path, text)
    assert read(tmp_path, "a: '\u3000甲'\nb: |\n  \u3000\u3000乙\n") == {"a": "\u3000甲", "b": "\u3000\u3000乙\n"}


@pytest.mark.parametrize("sign", "，、；")
def test_a_list_whose_items_a_chinese_comma_parts_is_refused_where_it_would_be_one_item(
    tmp_path: Path, sign: str
) -> None:
    assert f"a.yaml:2: people.0.names.0: `{sign}` parts no items" in fault(
        tmp_path, f"people:\n  - {{names: [甲某{sign}乙某]}}\n"
    )
    assert read(tmp_path, f'texts: ["甲{sign}乙", 丙]\ntitle: 甲{sign}乙\n') == {
        "texts": [f"甲{sign}乙", "丙"],
        "title": f"甲{sign}乙",
    }


def test_a_fault_elsewhere_is_not_blamed_on_signs_that_may_stand_where_they_are(tmp_path: Path) -> None:
    assert not refused(tmp_path, "title: “怕不怕”，要紧吗：一\nb: 1\nc: 1\nd: [1\ne: 2\n").remedy


@pytest.mark.parametrize("name", ["chinese.yaml", "english.yaml"])
def test_libyaml_reads_our_lists_as_the_other_parser_does(name: str) -> None:
    path = ROOT / "assets" / "names" / name
    assert strict_yaml.FAST is not yaml.SafeLoader
    assert strict_yaml.load(path, strict_yaml.FAST) == strict_yaml.load(path)
