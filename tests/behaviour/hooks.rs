//! Hooks keep what is not encrypted out of commits and pushes, and stand in nobody's way.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::desk::Run;
use crate::workshop::{Workshop, path_with_dekko};

const PLAIN: &str = "a: hunter2\n";

/// A workshop with hooks, a sealed file and a remote `origin` that has it.
fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.sealed("secrets/app.yaml", PLAIN);
    workshop.commit("sealed");
    workshop.git(["init", "-q", "--bare", "-b", "main", "../tmp/origin.git"]).ok();
    workshop.git(["remote", "add", "origin", "../tmp/origin.git"]).ok();
    workshop.git(["push", "-q", "-u", "origin", "main"]).ok();
    hooks(&workshop, "install").ok();
    workshop
}

fn hooks(workshop: &Workshop, action: &str) -> Run {
    workshop.desk.dekko(["git", "hooks", action])
}

/// It was refused; what was found, wherever git lets the hook write.
fn refused(run: Run) -> String {
    let ended = run.either(&[1, 128]);
    let all = ended.out() + &ended.stderr;
    assert!(all.contains(": not-encrypted: "), "{all}");
    all
}

fn plain(workshop: &Workshop, name: &str) {
    workshop.desk.write(name, PLAIN);
}

#[test]
fn hooks_are_set_once_and_removed_without_a_trace() {
    let workshop = workshop();
    let folder = workshop.desk.path(".git/hooks");
    for name in ["pre-commit", "pre-merge-commit", "pre-push"] {
        let mode = fs::metadata(folder.join(name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{name}");
    }
    hooks(&workshop, "install").ok();
    let said = hooks(&workshop, "status").ok().out();
    assert_eq!(said.matches(": checks, by '").count(), 3, "{said}");
    hooks(&workshop, "uninstall").ok();
    for name in ["pre-commit", "pre-merge-commit", "pre-push"] {
        assert!(!folder.join(name).exists(), "{name}");
    }
    hooks(&workshop, "status").ends(1).says("there is no hook");
    hooks(&workshop, "uninstall").ok();
}

#[test]
fn every_way_to_commit_is_checked_and_only_what_is_committed() {
    let workshop = workshop();
    plain(&workshop, "secrets/new.yaml");
    workshop.git(["add", "-A"]).ok();
    let commit = |arguments: &[&str]| workshop.git(["commit", "-q", "-m", "x"].iter().chain(arguments));
    refused(commit(&[]));
    refused(commit(&["--", "secrets/new.yaml"]));
    refused(commit(&["-a"]));
    refused(commit(&["--amend"]));
    // Another file alone: git gives the hook an index of its own.
    workshop.desk.write("README", "x");
    workshop.git(["add", "README"]).ok();
    commit(&["--", "README"]).ok();
    let mut other = workshop.command(["commit", "-q", "-m", "x"]);
    other.env("GIT_INDEX_FILE", workshop.desk.path(".git/other"));
    workshop.git(["read-tree", "--index-output=.git/other", "HEAD"]).ok();
    workshop.git(["add", "-A"]).ok();
    let mut add = workshop.command(["add", "secrets/new.yaml"]);
    add.env("GIT_INDEX_FILE", workshop.desk.path(".git/other"));
    workshop.desk.run(add, b"").ok();
    refused(workshop.desk.run(other, b""));
    workshop.desk.dekko(["encrypt", "-q", "secrets/new.yaml"]).ok();
    commit(&["-a"]).ok();
    // Plain text in the work tree alone is nobody's business yet.
    plain(&workshop, "secrets/app.yaml");
    commit(&["--allow-empty"]).ok();
}

#[test]
fn a_linked_work_tree_is_checked_too() {
    let workshop = workshop();
    workshop.git(["worktree", "add", "-q", "../tmp/linked"]).ok();
    plain(&workshop, "../tmp/linked/secrets/new.yaml");
    workshop.git_in("../tmp/linked", ["add", "-A"]).ok();
    refused(workshop.git_in("../tmp/linked", ["commit", "-q", "-m", "x"]));
    let mut status = workshop.desk.command(["git", "hooks", "status"]);
    status.current_dir(workshop.desk.path("../tmp/linked"));
    workshop.desk.run(status, b"").ok();
}

#[test]
fn what_no_commit_hook_sees_is_not_pushed() {
    let workshop = workshop();
    // A branch with a plain file, made behind the hooks' back and mended on top.
    workshop.git(["checkout", "-q", "-b", "side"]).ok();
    plain(&workshop, "secrets/side.yaml");
    let bad = workshop.commit("bad");
    workshop.git(["checkout", "-q", "main"]).ok();
    workshop.desk.write("README", "1");
    workshop.commit("main");
    let message = "secrets/side.yaml: not-encrypted";
    let push = |arguments: &[&str]| workshop.git(["push", "-q"].iter().chain(arguments));
    let start = workshop.head();
    // git runs pre-merge-commit for a clean merge, and none for the others.
    refused(workshop.git(["merge", "-q", "--no-edit", "side"]));
    workshop.git(["reset", "-q", "--hard", &start]).ok();
    for way in ["merge --no-verify -q --no-edit side", "cherry-pick side", "rebase -q side"] {
        workshop.git(way.split(' ')).ok();
        workshop.desk.dekko(["encrypt", "-q", "secrets/side.yaml"]).ok();
        workshop.commit("mended");
        assert!(refused(push(&["origin", "main"])).contains(message));
        assert!(refused(push(&["origin", "HEAD:refs/heads/new"])).contains(message));
        assert!(refused(push(&["../tmp/origin.git", "HEAD:refs/heads/new"])).contains(message));
        workshop.git(["reset", "-q", "--hard", &start]).ok();
    }
    push(&["origin", "main"]).ok();
    assert!(refused(push(&["origin", "side"])).contains(&format!("commit {}", &bad[..12])));
    assert!(refused(push(&["--all"])).contains(message));
    workshop.git(["tag", "-a", "-m", "t", "v1", "side"]).ok();
    assert!(refused(push(&["origin", "v1"])).contains(message));
    push(&["--no-verify", "origin", "side"]).ok();
    // What the remote has is not looked at again; a deletion brings nothing.
    push(&["origin", "side:refs/heads/again"]).ok();
    push(&["origin", "--delete", "side", "again"]).ok();
}

#[test]
fn a_repository_that_has_no_remote_yet_is_pushed_whole() {
    let workshop = workshop();
    workshop.git(["init", "-q", "--bare", "../tmp/second.git"]).ok();
    workshop.git(["remote", "add", "second", "../tmp/second.git"]).ok();
    plain(&workshop, "secrets/x.yaml");
    workshop.commit("bad");
    fs::remove_file(workshop.desk.path("secrets/x.yaml")).unwrap();
    workshop.commit("gone");
    refused(workshop.git(["push", "-q", "second", "main"]));
    workshop.git(["reset", "-q", "--hard", "HEAD~2"]).ok();
    workshop.git(["push", "-q", "second", "main"]).ok();
}

#[test]
fn anothers_hook_is_left_alone_and_the_line_to_add_is_said() {
    let workshop = workshop();
    hooks(&workshop, "uninstall").ok();
    let path = workshop.desk.path(".git/hooks/pre-commit");
    fs::write(&path, "#!/bin/sh\nexit 0\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let ended = hooks(&workshop, "install").ends(1);
    ended
        .says("pre-commit' is another's hook")
        .says("dekko check --staged")
        .does_not_say("pre-push does not");
    assert_eq!(fs::read_to_string(&path).unwrap(), "#!/bin/sh\nexit 0\n");
    fs::write(&path, "#!/bin/sh\ndekko check --staged\n").unwrap();
    hooks(&workshop, "status").ok();
    hooks(&workshop, "uninstall").ok();
    assert!(path.exists());
}

#[test]
fn a_folder_of_hooks_that_the_configuration_names_is_not_written_to() {
    let workshop = workshop();
    hooks(&workshop, "uninstall").ok();
    workshop.git(["config", "core.hooksPath", ".githooks"]).ok();
    hooks(&workshop, "install")
        .ends(1)
        .says("core.hooksPath")
        .says(".githooks/pre-push': dekko check --pushed");
    assert!(!workshop.desk.path(".githooks").exists());
    // With the lines in it, it works.
    for (name, line) in [
        ("pre-commit", "dekko check --staged"),
        ("pre-merge-commit", "dekko check --staged"),
        ("pre-push", "exec dekko check --pushed=\"$1\""),
    ] {
        workshop.desk.write(&format!(".githooks/{name}"), format!("#!/bin/sh\n{line}\n"));
        let path = workshop.desk.path(&format!(".githooks/{name}"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    hooks(&workshop, "status").ok();
    plain(&workshop, "secrets/new.yaml");
    workshop.git(["add", "-A"]).ok();
    refused(workshop.git(["commit", "-q", "-m", "x"]));
    assert_eq!(workshop.git(["config", "core.hooksPath"]).ok().out(), ".githooks\n");
}

#[test]
fn tools_that_write_hooks_get_their_own_lines() {
    for (file, words) in [
        (".pre-commit-config.yaml", ["entry: dekko check --staged", "stages: [pre-push]"]),
        ("lefthook.yml", ["run: dekko check --staged", "use_stdin: true"]),
        (".husky/pre-commit", [".husky/pre-commit", "dekko check --pushed="]),
    ] {
        let workshop = Workshop::new();
        workshop.desk.write(file, "");
        let ended = hooks(&workshop, "install").ends(1);
        words.iter().fold(ended, |ended, word| ended.says(word));
        assert!(!workshop.desk.path(".git/hooks/pre-commit").exists());
    }
}

#[test]
fn a_hook_without_dekko_fails_and_says_why() {
    let workshop = workshop();
    workshop.desk.write("README", "x");
    workshop.git(["add", "-A"]).ok();
    let mut commit = workshop.command(["commit", "-q", "-m", "x"]);
    commit.env("PATH", "/usr/bin:/bin");
    workshop.desk.run(commit, b"").ends(1).says("'dekko' is not on PATH").says("remove this hook");
}

/// A folder with a `git` in it that says another version of itself.
fn newer_git(workshop: &Workshop) -> PathBuf {
    let folder = workshop.desk.path("../tmp/newer");
    fs::create_dir_all(&folder).unwrap();
    let paths = std::env::var_os("PATH").unwrap();
    let real = std::env::split_paths(&paths).map(|folder| folder.join("git")).find(|path| path.exists());
    let real = real.expect("git");
    let script = format!(
        "#!/bin/sh\nfor word do [ \"$word\" != version ] || {{ echo git version 2.54.0; exit; }}; done\nexec {} \"$@\"\n",
        real.display()
    );
    fs::write(folder.join("git"), script).unwrap();
    fs::set_permissions(folder.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[test]
fn a_newer_git_gets_its_hooks_by_configuration_beside_those_of_others() {
    let workshop = workshop();
    let folder = newer_git(&workshop);
    let hooks = |action: &str| {
        let mut command = workshop.desk.command(["git", "hooks", action]);
        let rest = path_with_dekko();
        let paths = [folder.clone()].into_iter().chain(std::env::split_paths(&rest));
        command.env("PATH", std::env::join_paths(paths).unwrap());
        workshop.desk.run(command, b"")
    };
    fs::write(workshop.desk.path(".git/hooks/pre-push"), "#!/bin/sh\n").unwrap();
    let before = fs::read(workshop.desk.path(".git/config")).unwrap();
    hooks("install").ok();
    hooks("install").ok();
    assert!(!workshop.desk.path(".git/hooks/pre-commit").exists(), "the old file of dekko is gone");
    assert!(workshop.desk.path(".git/hooks/pre-push").exists(), "another's hook is there");
    let get = |key: &str| workshop.git(["config", "--get-all", key]).ok().out();
    assert_eq!(get("hook.dekko-check.event"), "pre-commit\npre-merge-commit\n");
    assert_eq!(get("hook.dekko-check-push.event"), "pre-push\n");
    let said = hooks("status").ok().out();
    assert_eq!(said.matches("by git's configuration").count(), 3, "{said}");
    // git starts them as shell commands with the hook's arguments behind.
    for (key, arguments, status) in
        [("hook.dekko-check.command", &[][..], 1), ("hook.dekko-check-push.command", &["origin", "url"], 0)]
    {
        plain(&workshop, "secrets/new.yaml");
        workshop.git(["add", "-A"]).ok();
        let mut shell = workshop.desk.program("sh");
        shell.env("PATH", path_with_dekko());
        let line = get(key);
        shell.args(["-c", &format!("{} \"$@\"", line.trim_end()), line.trim_end()]).args(arguments);
        workshop.desk.run(shell, b"").ends(status);
    }
    hooks("uninstall").ok();
    assert_eq!(fs::read(workshop.desk.path(".git/config")).unwrap(), before);
}

#[test]
fn a_server_takes_what_is_good_and_refuses_what_is_not() {
    let workshop = Workshop::new();
    workshop.sealed("secrets/app.yaml", PLAIN);
    workshop.commit("sealed");
    workshop.git(["init", "-q", "--bare", "-b", "main", "../tmp/server.git"]).ok();
    let hook = workshop.desk.path("../tmp/server.git/hooks/pre-receive");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("ci/pre-receive"), &hook).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let push = |arguments: &[&str]| workshop.git(["push", "-q", "../tmp/server.git"].iter().chain(arguments));
    push(&["main"]).ok();
    let good = workshop.head();
    plain(&workshop, "secrets/new.yaml");
    let bad = workshop.commit("bad");
    let said = format!("commit {}: secrets/new.yaml: not-encrypted", &bad[..12]);
    push(&["main"]).ends(1).says(&said);
    workshop.desk.dekko(["encrypt", "-q", "secrets/new.yaml"]).ok();
    workshop.commit("mended");
    push(&["main"]).ends(1).says(&said);
    push(&["main:refs/heads/other"]).ends(1).says(&said);
    assert_eq!(workshop.git_in("../tmp/server.git", ["rev-parse", "main"]).ok().out().trim(), good);
    workshop.git(["reset", "-q", "--hard", &good]).ok();
    workshop.sealed("secrets/new.yaml", PLAIN);
    workshop.commit("good");
    push(&["main", "main:refs/heads/topic"]).ok();
    push(&["--delete", "topic"]).ok();
    // A new branch is judged by the rules of the server's own branch.
    let stranger = workshop.desk.keygen("../home/stranger.txt");
    workshop.rules(
        &workshop.desk.recipient(),
        &format!("paths = [\"secrets/**\"]\nrecipients = [\"me\", \"{stranger}\"]"),
    );
    workshop.desk.dekko(["recipients", "add", "secrets/app.yaml", &stranger]).ok();
    workshop.commit("let me in");
    push(&["main:refs/heads/mine"]).ends(1).says("secrets/app.yaml").says("recipient");
    // Without dekko nothing is taken.
    workshop.git(["reset", "-q", "--hard", &good]).ok();
    workshop.desk.write("README", "x");
    workshop.commit("more");
    let mut command = workshop.command(["push", "-q", "../tmp/server.git", "main:refs/heads/x"]);
    command.env("PATH", "/usr/bin:/bin");
    workshop.desk.run(command, b"").ends(1).says("dekko");
}
