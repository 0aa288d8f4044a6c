//! Git's configuration for dekko: written, taken out, looked after; harmless where dekko is missing.

use crate::clone::{Clone, Reach};
use crate::desk::{Desk, MARKER};

const CONFIG: &str = ".gitconfig";

/// A desk whose git knows a user and nothing else.
fn desk() -> Desk {
    let desk = Desk::bare();
    desk.write("../home/.gitconfig", "[user]\n\tname = a\n\temail = a@b\n");
    desk
}

fn dekko(desk: &Desk, arguments: &[&str], status: i32) -> crate::desk::Ended {
    let mut command = desk.command(arguments);
    command.env("GIT_CONFIG_GLOBAL", desk.home().join(CONFIG));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = std::path::Path::new(env!("CARGO_BIN_EXE_dekko")).parent().expect("a folder");
    let folders = std::iter::once(own.to_owned()).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(folders).expect("a path"));
    desk.run(command, b"").ends(status)
}

#[test]
fn the_configuration_is_written_once_and_removed_without_trace() {
    let desk = desk();
    let before = desk.read("../home/.gitconfig");
    dekko(&desk, &["git", "install"], 0).says("wrote to git's global configuration");
    let installed = desk.read("../home/.gitconfig");
    for line in [
        "\ttextconv = \"f() { command -v dekko >/dev/null 2>&1 && exec dekko git textconv -- \\\"$1\\\"; cat -- \\\"$1\\\"; }; f\"\n",
        "\tcachetextconv = false\n",
        "\tname = dekko value-level merge\n",
        "\tdriver = \"command -v dekko >/dev/null 2>&1 || { git merge-file --marker-size=%L -L %X -L %S -L %Y %A %O %B; exit 1; }; exec dekko git merge-driver --marker-size=%L --base-label=%S --ours-label=%X --theirs-label=%Y --path=%P -- %O %A %B\"\n",
        "\trecursive = binary\n",
        "\tcmd = dekko git mergetool -- \\\"$BASE\\\" \\\"$LOCAL\\\" \\\"$REMOTE\\\" \\\"$MERGED\\\"\n",
        "\ttrustExitCode = true\n",
    ] {
        assert!(installed.contains(line), "{line}\n{installed}");
    }
    dekko(&desk, &["git", "install"], 0).says("has it all already");
    assert_eq!(desk.read("../home/.gitconfig"), installed);
    dekko(&desk, &["git", "install", "--absolute"], 0);
    assert!(desk.read("../home/.gitconfig").contains(env!("CARGO_BIN_EXE_dekko")));
    dekko(&desk, &["git", "uninstall"], 0).says("removed");
    assert_eq!(desk.read("../home/.gitconfig"), before);
    dekko(&desk, &["git", "uninstall"], 0).says("held nothing");
}

#[test]
fn what_somebody_else_set_stays_until_it_is_to_be_replaced() {
    let desk = desk();
    let own = "[merge \"dekko\"]\n\tdriver = mine %A\n[alias]\n\tst = status\n\tdekko = log\n";
    desk.write("../home/.gitconfig", own);
    dekko(&desk, &["git", "install"], 2)
        .says("'merge.dekko.driver' is 'mine %A', 'alias.dekko' is 'log'")
        .says("--force");
    assert_eq!(desk.read("../home/.gitconfig"), own);
    dekko(&desk, &["git", "uninstall"], 0).says("left as it is: merge.dekko.driver, alias.dekko");
    assert_eq!(desk.read("../home/.gitconfig"), own);
    dekko(&desk, &["git", "install", "--force"], 0);
    assert!(!desk.read("../home/.gitconfig").contains("mine"));
    dekko(&desk, &["git", "uninstall"], 0);
    assert_eq!(desk.read("../home/.gitconfig"), "[alias]\n\tst = status\n");
}

#[test]
fn each_scope_is_its_own() {
    let clone = Clone::new();
    clone.dekko(&["git", "uninstall"]);
    clone.git(["config", "extensions.worktreeConfig", "true"]);
    for (scope, file) in [("--local", ".git/config"), ("--worktree", ".git/config.worktree")] {
        clone.dekko(&["git", "install", scope]);
        assert!(clone.desk.read(file).contains("dekko value-level merge"), "{scope}");
        clone.dekko(&["git", "uninstall", scope]);
        assert!(!clone.desk.read(file).contains("dekko"), "{scope}");
    }
    let no = clone.desk.command(["git", "install", "--local", "--system"]);
    clone.desk.run(no, b"").fails(2).says("cannot be used with");
}

#[test]
fn git_dekko_works_from_any_folder() {
    let clone = Clone::new();
    clone.seal("sub/a.secret.yaml", "a: hunter2\n");
    assert_eq!(clone.git(["dekko", "get", "sub/a.secret.yaml", "a"]), "hunter2\n");
    assert_eq!(clone.git(["-C", "sub", "dekko", "get", "a.secret.yaml", "a"]), "hunter2\n");
}

#[test]
fn without_dekko_git_works_on_with_the_encrypted_text_and_loses_nothing() {
    let clone = Clone::new();
    clone.seal("a.secret.yaml", "a: hunter2\nb: hunter2\nc: hunter2\nd: hunter2\n");
    clone.record("one");
    clone.git(["switch", "--quiet", "-c", "side"]);
    clone.dekko(&["set", "a.secret.yaml", "a", "hunter2-theirs"]);
    clone.record("theirs");
    clone.git(["switch", "--quiet", "main"]);
    clone.dekko(&["set", "a.secret.yaml", "a", "hunter2-ours"]);
    clone.record("ours");
    let git = |arguments: &[&str], status| clone.run(clone.command(arguments, Reach::NoDekko), status);
    assert!(git(&["diff", "HEAD~1"], 0).contains("+a: enc1."));
    assert!(git(&["log", "-p"], 0).contains("+a: enc1."));
    assert!(git(&["blame", "a.secret.yaml"], 0).contains("a: enc1."));
    git(&["checkout", "--quiet", "side"], 0);
    git(&["checkout", "--quiet", "main"], 0);
    let theirs = clone.git(["show", "side:a.secret.yaml"]);
    let ours = clone.desk.read("a.secret.yaml");
    git(&["merge", "side"], 1);
    let merged = clone.desk.read("a.secret.yaml");
    for text in [&ours, &theirs] {
        let line = text.lines().next().expect("a line");
        assert!(merged.contains(line), "{line}\n{merged}");
    }
    assert!(merged.contains("<<<<<<<") && merged.contains(">>>>>>>"), "{merged}");
    assert!(git(&["status", "--porcelain"], 0).contains("UU a.secret.yaml"));
    assert!(git(&["diff"], 0).contains("++<<<<<<<"));
    git(&["merge", "--abort"], 0);
    assert!(!String::from_utf8_lossy(&clone.desk.bytes("a.secret.yaml")).contains(MARKER));
}

#[test]
fn init_names_the_files_of_the_rules_in_the_attributes() {
    let desk = desk();
    desk.dekko(["init"]).ok();
    assert!(!desk.path(".gitattributes").exists(), "not in a repository");
    let clone = Clone::new();
    let text = clone.desk.read(".gitattributes");
    let comment = "# Encrypted with dekko: diffs that people can read, merges value by value.\n";
    let lines = ["/secrets/**", "*.secret.*", ".env", ".env.*"]
        .map(|name| format!("{name} diff=dekko merge=dekko\n"));
    assert_eq!(text, format!("{comment}{}", lines.concat()));
    clone.dekko(&["init"]);
    assert_eq!(clone.desk.read(".gitattributes"), text);
    clone.dekko(&["git", "attributes", "--check"]);
    clone.desk.write(".gitattributes", "*.png binary\n");
    let check = clone.desk.command(["git", "attributes", "--check"]);
    assert_eq!(clone.desk.run(check, b"").ends(1).out(), lines.concat());
    clone.dekko(&["git", "attributes"]);
    assert_eq!(clone.desk.read(".gitattributes"), format!("*.png binary\n{text}"));
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_what_mends_it() {
    let clone = Clone::new();
    clone.seal("a.secret.yaml", "a: hunter2\n");
    clone.record("one");
    let findings = |arguments: &[&str], status| {
        let all = [&["git", "doctor", "--json"], arguments].concat();
        let text = dekko(&clone.desk, &all, status).out();
        let found: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
        let problems = found.iter().filter(|finding| finding["weight"] == "problem");
        problems.map(|finding| finding["id"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(findings(&[], 0), [""; 0]);
    let text = clone.desk.read(".gitattributes");
    clone.desk.write(".gitattributes", "");
    clone.git(["config", "--global", "--unset", "diff.dekko.textconv"]);
    clone.git(["update-ref", "refs/notes/textconv/dekko", "HEAD"]);
    let all = ["not-installed", "attributes", "cached-textconv"];
    assert_eq!(findings(&[], 1), all);
    assert_eq!(findings(&["--fix"], 0), [""; 0]);
    assert_eq!(clone.desk.read(".gitattributes"), text);
    clone.desk.write(".gitattributes", format!("{text}*.yaml -diff\n"));
    assert_eq!(findings(&[], 1), ["file-without-attributes"]);
    clone.desk.write(".gitattributes", text);
    clone.git(["config", "diff.dekko.cachetextconv", "true"]);
    assert_eq!(findings(&["--fix"], 1), ["cachetextconv"]);
    clone.git(["config", "--unset", "diff.dekko.cachetextconv"]);
    clone.git(["config", "merge.dekko.driver", "true"]);
    assert_eq!(findings(&[], 1), ["configured-otherwise"]);
    clone.git(["config", "--unset", "merge.dekko.driver"]);
    clone.git(["config", "commit.verbose", "1"]);
    clone.desk.write(
        ".git/COMMIT_EDITMSG",
        "x\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a: hunter2\n+a: x\n # dekko: sealed\n",
    );
    clone.desk.write(".merge_file_x1", "");
    assert_eq!(findings(&[], 1), ["commit-verbose", "commit-message", "merge-leftovers"]);
}
