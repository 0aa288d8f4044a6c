//! What others run in continuous integration: the files that lie in the repository for them, run as far as that can be
//! done here.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::desk::Run;
use crate::workshop::{Workshop, path_with_dekko};

const PLAIN: &str = "a: hunter2\n";

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}

fn yaml(path: &str) -> Value {
    serde_norway::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Two commits on top of `base`, a bad one and one that mends it; `base` is what the remote has.
fn workshop() -> (Workshop, String, String) {
    let workshop = Workshop::new();
    workshop.sealed("secrets/app.yaml", PLAIN);
    let base = workshop.commit("sealed");
    workshop.git(["update-ref", "refs/remotes/origin/main", &base]).ok();
    workshop.desk.write("secrets/new.yaml", PLAIN);
    let bad = workshop.commit("bad");
    workshop.desk.dekko(["encrypt", "-q", "secrets/new.yaml"]).ok();
    workshop.commit("mended");
    (workshop, base, bad)
}

/// Runs a script as the runners do.
fn script(workshop: &Workshop, shell: &[&str], text: &str, variables: &[(&str, &str)]) -> Run {
    let path = workshop.desk.home().join("script");
    fs::write(&path, text).unwrap();
    let mut command = workshop.desk.program(shell[0]);
    command.args(&shell[1..]).arg(path).env("PATH", path_with_dekko()).envs(variables.iter().copied());
    workshop.desk.run(command, b"")
}

#[test]
fn the_action_checks_every_new_commit_of_its_event() {
    let action = yaml("action.yml");
    assert_eq!(action["runs"]["using"], "composite");
    let steps = action["runs"]["steps"].as_array().expect("steps");
    // What an event says comes by the environment: in the script it would be a part of it.
    for step in steps {
        assert_eq!(step["shell"], "bash");
        let run = step["run"].as_str().expect("a script");
        assert!(!run.contains("${{"), "{run}");
    }
    let (workshop, base, bad) = workshop();
    let bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail"];
    let run = |step: usize, variables: &[(&str, &str)]| {
        script(&workshop, &bash, steps[step]["run"].as_str().expect("a script"), variables)
    };
    run(0, &[("SOURCE", "none"), ("ROOT", "none"), ("GITHUB_PATH", "none")]).ok();
    let environment =
        |base: &'static str| [("BASE", base), ("HEAD", "HEAD"), ("SARIF", ""), ("DEFAULT", "main")];
    let said = format!("commit {}: secrets/new.yaml: not-encrypted", &bad[..12]);
    for before in ["", "0000000000000000000000000000000000000000"] {
        assert!(run(1, &environment(before)).ends(1).out().starts_with(&said));
    }
    let own = |base: &str, sarif: &str| {
        run(1, &[("BASE", base), ("HEAD", "HEAD"), ("SARIF", sarif), ("DEFAULT", "main")])
    };
    assert!(own(&base, "found.sarif").ends(1).out().starts_with(&said));
    let sarif: Value = serde_json::from_str(&workshop.desk.read("found.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "not-encrypted");
    own(&bad, "found.sarif").ok();
    own("nothing", "").ends(7);
    // A merge that is checked out, as forges make one for a request.
    workshop.git(["checkout", "-q", "--detach", &base]).ok();
    workshop.git(["merge", "-q", "--no-ff", "--no-edit", "main"]).ok();
    assert!(own(&base, "").ends(1).out().starts_with(&said));
}

#[test]
fn the_job_for_gitlab_checks_requests_and_pushes() {
    let job = &yaml("ci/gitlab-check.yml")["dekko-check"];
    assert_eq!(job["variables"]["GIT_DEPTH"], "0");
    let lines = job["script"].as_array().expect("a script");
    let lines: Vec<&str> = lines.iter().map(|line| line.as_str().expect("a line")).collect();
    let (workshop, base, bad) = workshop();
    let head = workshop.head();
    let run = |variables: &[(&str, &str)]| {
        let common = [("CI_COMMIT_SHA", head.as_str()), ("CI_DEFAULT_BRANCH", "main")];
        script(&workshop, &["sh"], &lines.join("\n"), &[&common, variables].concat())
    };
    let said = format!("commit {}: secrets/new.yaml: not-encrypted", &bad[..12]);
    let zeros = "0".repeat(40);
    for variables in [
        &[][..],
        &[("CI_COMMIT_BEFORE_SHA", zeros.as_str())],
        &[("CI_COMMIT_BEFORE_SHA", &base)],
        &[("CI_COMMIT_BEFORE_SHA", &zeros), ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base)],
        &[("CI_MERGE_REQUEST_DIFF_BASE_SHA", &head), ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", &base)],
    ] {
        assert!(run(variables).ends(1).out().starts_with(&said), "{variables:?}");
    }
    run(&[("CI_COMMIT_BEFORE_SHA", &bad)]).ok();
}

#[test]
fn the_hooks_of_the_framework_check_commits_and_pushes() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hooks = hooks.as_array().expect("hooks");
    let entry = |id: &str| {
        let hook = hooks.iter().find(|hook| hook["id"] == id).expect(id);
        assert_eq!((&hook["pass_filenames"], &hook["always_run"]), (&Value::Bool(false), &Value::Bool(true)));
        hook["entry"].as_str().expect("an entry").to_owned()
    };
    let (workshop, base, bad) = workshop();
    let run = |entry: &str, variables: &[(&str, &str)]| script(&workshop, &["sh"], entry, variables);
    run(&entry("dekko-check"), &[]).ok();
    workshop.desk.write("secrets/x.yaml", PLAIN);
    workshop.git(["add", "-A"]).ok();
    run(&entry("dekko-check"), &[]).ends(1);
    let push = entry("dekko-check-push");
    let said = format!("commit {}: secrets/new.yaml: not-encrypted", &bad[..12]);
    for (from, to) in [(base.as_str(), "HEAD"), ("", "HEAD")] {
        let ended = run(&push, &[("PRE_COMMIT_FROM_REF", from), ("PRE_COMMIT_TO_REF", to)]).ends(1);
        assert!(ended.out().contains(&said), "{}", ended.out());
    }
    run(&push, &[("PRE_COMMIT_FROM_REF", &bad), ("PRE_COMMIT_TO_REF", "HEAD")]).ok();
    // What 'dekko git hooks install' says to users of the framework are the same hooks.
    let empty = Workshop::new();
    empty.desk.write(".pre-commit-config.yaml", "");
    let said = empty.desk.dekko(["git", "hooks", "install"]).ends(1);
    said.says(&entry("dekko-check")).says(&push);
}

#[test]
fn the_page_shows_the_commands_of_the_files() {
    let page = text("docs/ci.md");
    for path in ["action.yml", "ci/gitlab-check.yml", "ci/pre-receive", ".pre-commit-hooks.yaml"] {
        assert!(page.contains(path), "docs/ci.md does not name {path}");
        assert!(text(path).contains("dekko check "), "{path} checks nothing");
    }
    for id in ["dekko-check", "dekko-check-push"] {
        assert!(page.contains(&format!("id: {id}")), "docs/ci.md does not name the hook {id}");
    }
}
