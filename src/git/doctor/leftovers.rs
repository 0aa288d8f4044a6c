//! What git left behind that may hold plain text.

use super::{Finding, Fix, Weight};
use crate::document::escape;
use crate::error::Result;
use crate::git::command::{Git, path_of};
use crate::git::view::VIEW;

/// Looks for caches of decrypted text, old commit messages with a diff in them, and files of broken-off merges.
pub(super) fn examine(git: &Git) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let cached =
        git.output("list its references", ["for-each-ref", "--format=%(refname)", "refs/notes/textconv/"])?;
    for name in String::from_utf8_lossy(&cached).lines() {
        found.push(Finding {
            id: "cached-textconv",
            weight: Weight::Problem,
            what: format!(
                "'{}' keeps texts that textconv made, decrypted ones perhaps; 'push --mirror' takes it along",
                escape(name)
            ),
            mend: format!("git update-ref -d {} && git gc --prune=now", escape(name)),
            fix: (name == "refs/notes/textconv/dekko").then(|| Fix::DeleteReference(name.to_owned())),
        });
    }
    let path =
        git.answer("find its folder", ["rev-parse", "--git-path", "COMMIT_EDITMSG"])?.unwrap_or_default();
    let message = std::fs::read(git.folder().join(&path)).unwrap_or_default();
    if holds_values(&String::from_utf8_lossy(&message)) {
        found.push(Finding {
            id: "commit-message",
            weight: Weight::Problem,
            what: format!("'{}' holds the diff of an encrypted file with values in it", escape(&path)),
            mend: format!("rm '{}'", escape(&path)),
            fix: None,
        });
    }
    let left =
        git.output("list the files", ["ls-files", "-z", "--others", "--", ":(top,glob).merge_file_*"])?;
    let left: Vec<_> = left.split(|&byte| byte == 0).filter(|path| !path.is_empty()).collect();
    if let Some(first) = left.first() {
        found.push(Finding {
            id: "merge-leftovers",
            weight: Weight::Problem,
            what: format!(
                "a merge that was killed left {} of its files: '{}'…",
                left.len(),
                escape(&path_of(first).to_string_lossy())
            ),
            mend: "when no git is running: rm .merge_file_*".to_owned(),
            fix: None,
        });
    }
    Ok(found)
}

/// Whether `message` holds a diff that shows a view of ours, with values and not labels in its changed lines.
fn holds_values(message: &str) -> bool {
    let files = message.split("\ndiff --").skip(1);
    let is_changed = |line: &str| {
        (line.starts_with('+') && !line.starts_with("+++"))
            || (line.starts_with('-') && !line.starts_with("---"))
    };
    let is_note = |line: &str| {
        let text = line.get(1..).unwrap_or_default();
        ["# ", "// ", "; "]
            .iter()
            .any(|sign| text.strip_prefix(sign).is_some_and(|rest| rest.starts_with(VIEW)))
    };
    files.into_iter().any(|file| {
        let is_ours = file.contains("<enc ") || file.lines().any(is_note);
        is_ours && file.lines().any(|line| is_changed(line) && !is_note(line) && !line.contains("<enc "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_a_message_are_told_from_labels_and_ciphertext() {
        let diff = |lines: &str| {
            format!("subject\n# ---- >8 ----\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n{lines}")
        };
        assert!(holds_values(&diff("-a: old\n+a: new\n # dekko: sealed\n")));
        assert!(!holds_values(&diff("-a: <enc 123456>\n+a: <enc abcdef>\n # dekko: sealed\n")));
        assert!(!holds_values(&diff("-a: enc1.x\n+a: enc1.y\n")));
        assert!(!holds_values(&diff("-a: <enc 123456>\n+a: <enc abcdef>\n-# dekko: sealed\n")));
        assert!(!holds_values("subject\n"));
    }
}
