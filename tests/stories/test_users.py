"""An administrator of a running node adds, changes and removes users from the command line."""
import os


def password_file(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text + "\n")
    os.chmod(path, 0o600)
    return str(path)


def test_a_user_is_added_changed_and_removed_while_the_node_runs(coalition, tmp_path, word):
    first, second = password_file(tmp_path, "first", "a first long word"), password_file(tmp_path, "second", "another long word")
    clearance = tmp_path / "clearance"
    clearance.write_text("PUBLIC|UNMARKED\n")
    nowhere = word()
    as_him = lambda file: coalition.run("LTU", "newcomer", "search", "--count", nowhere, "--password-file", file).returncode

    assert as_him(first) == 3
    coalition.ok("LTU", "admin", "user", "set", "newcomer", "--roles", "reader", "--clearance", str(clearance), "--new-password-file", first)
    assert "newcomer\tcleared\t reader" in coalition.ok("LTU", "admin", "user", "list")
    assert as_him(first) == 1  # signed in; nothing found

    coalition.ok("LTU", "admin", "user", "set", "newcomer", "--roles", "reader", "--new-password-file", second)
    assert as_him(first) == 3 and as_him(second) == 1
    assert "newcomer\tno clearance\t reader" in coalition.ok("LTU", "admin", "user", "list")

    coalition.ok("LTU", "admin", "user", "remove", "newcomer")
    assert as_him(second) == 3
    assert "newcomer" not in coalition.ok("LTU", "admin", "user", "list")


def test_only_the_administrator_sees_and_changes_users(coalition, tmp_path):
    word = password_file(tmp_path, "word", "a first long word")
    for words in (["list"], ["set", "intruder", "--roles", "admin", "--new-password-file", word], ["remove", "analyst"]):
        assert coalition.run("LTU", "release", "user", *words).returncode == 3
    assert "intruder" not in coalition.ok("LTU", "admin", "user", "list")


def test_what_is_wrong_with_a_user_is_said(coalition, tmp_path):
    word = password_file(tmp_path, "word", "a first long word")
    for words, text in ((["set", "x", "--roles", "emperor", "--new-password-file", word], "role"), (["set", "x", "--roles", "reader"], "password"),
                        (["set", "x"], "--roles"), (["remove"], "NAME")):
        got = coalition.run("LTU", "admin", "user", *words)
        assert got.returncode == 2 and text in got.stderr, got.stderr
    assert coalition.run("LTU", "admin", "user", "remove", "nobody-here").returncode == 1


def test_a_started_node_no_longer_takes_users_from_the_file(coalition, tmp_path):
    word = password_file(tmp_path, "word", "a first long word")
    got = coalition.run("LTU", "admin", "user", "add", coalition.path("LTU", "data_dir"), "late", "--roles", "reader", "--password-file", word)
    assert got.returncode == 1 and "user set late" in got.stderr, (got.returncode, got.stderr)
