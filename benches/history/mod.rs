//! A repository with one file of 50 values and many commits, each of which changes one value.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::inputs::Input;

/// The values of the file.
const VALUES: usize = 50;

/// Makes the repository in `folder`, which has the key and its configuration: `commits` commits of `secrets.yaml`.
pub fn make(dekko: &str, recipient: &str, folder: &Path, commits: usize) {
    let run = |program: &str, arguments: &[&str], input: &str| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).env("DEKKO_AGE_KEY_FILE", folder.join("key.txt"));
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        assert!(child.wait().expect("it ends").success(), "{program} {arguments:?}");
    };
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "gc.auto=0"];
        run("git", &[&who, arguments].concat(), "");
    };
    git(&["init", "--quiet"]);
    fs::write(folder.join("secrets.yaml"), Input::new("yaml", VALUES).text).expect("write");
    run(dekko, &["encrypt", "-r", recipient, "secrets.yaml"], "");
    git(&["add", "secrets.yaml"]);
    git(&["commit", "--quiet", "-m", "first"]);
    for commit in 1..commits {
        let path = format!("key_{}", commit % VALUES);
        run(dekko, &["set", "secrets.yaml", &path], &format!("value of commit {commit}"));
        git(&["commit", "--quiet", "-am", "another value"]);
    }
    git(&["gc", "--quiet"]);
}
