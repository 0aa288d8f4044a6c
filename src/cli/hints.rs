//! What to do about a failure: one match from error to hints, written as commands where they are one.

use std::path::Path;

use super::editor::{RUN_DEFAULT, RUN_EDITOR, RUN_VISUAL};
use crate::config::is_exempt;
use crate::error::{Class, Error};

/// What could help against `error`, most helpful first; `own` are recipients of the user, as far as they are known.
pub(super) fn hints(error: &Error, own: &[String]) -> Vec<String> {
    let file = match error {
        Error::InFile { path, .. } if path == Path::new("standard input") => "-".to_owned(),
        Error::InFile { path, .. } => shell_word(path),
        _ => "FILE".to_owned(),
    };
    match error.bare() {
        Error::NoIdentity { recipients, .. } => {
            let mut hints = vec![
                format!("it is encrypted for {}", recipients.join(", ")),
                "name the key file of one of them with --identity FILE or DEKKO_AGE_KEY_FILE; where dekko looks: \
                 dekko identities"
                    .to_owned(),
                match own.first() {
                    Some(own) => format!("or have one of them let you in; your public key: {own}"),
                    None => "or make a key (dekko init), and have one of them let you in".to_owned(),
                },
                format!(
                    "they name it in dekko.toml and run: dekko rewrap --all; where there is none: dekko recipients add \
                     {file} {}",
                    own.first().map_or("age1…".to_owned(), |own| shell_word(Path::new(own)))
                ),
            ];
            // As readers are shown: no other recipient has these words in it.
            if recipients.iter().any(|shown| shown.contains(" of ")) {
                hints.push(format!(
                    "the members of a group open it together: dekko unwrap-share request {file}"
                ));
            }
            hints
        }
        Error::NotEncrypted if is_read_as_it_is(error) => {
            vec!["git or dekko reads it as it is; change it with any editor".to_owned()]
        }
        Error::NotEncrypted => vec![format!("encrypt it: dekko encrypt {file}")],
        Error::Empty if file == "-" => Vec::new(),
        Error::Empty => vec![
            format!("a shell empties what '>' writes to before dekko reads it; to another file: dekko decrypt -o OUT {file}"),
            format!("bring it back from git: git checkout -- {file}"),
        ],
        Error::AlreadyEncrypted => {
            vec![
                format!("nothing was changed; to change its values: dekko edit {file}"),
                format!("to bring it to its rule in dekko.toml: dekko rewrap --policy {file}"),
            ]
        }
        Error::Unconfirmed { .. } => vec![
            "nothing was written; when you know that these keys are theirs, say it with --yes, once for each repository"
                .to_owned(),
        ],
        Error::NoRule => vec![
            format!("name the recipients: dekko encrypt -r age1… {file}"),
            "or name the file in a rule of dekko.toml (dekko init writes one to start from)".to_owned(),
        ],
        Error::Conflict { .. } => vec![format!("finish the merge: dekko resolve {file}")],
        Error::Scope { .. } => vec![format!("see what the file says of itself: dekko inspect {file}")],
        Error::Refused { class, .. } => refused(*class, &file),
        Error::ChangedMeanwhile => vec!["nothing was written; run the command again".to_owned()],
        Error::HardLinks => {
            vec![format!(
                "nothing was changed; give it a name of its own: cp {file} {file}.new && mv {file}.new {file}"
            )]
        }
        Error::Outside => {
            vec!["nothing was changed; name the file by the path that it really has".to_owned()]
        }
        Error::Io { action: RUN_VISUAL, .. } => vec!["name another one: export VISUAL=…".to_owned()],
        Error::Io { action: RUN_EDITOR | RUN_DEFAULT, .. } => {
            vec!["name one that is there: export EDITOR=…".to_owned()]
        }
        Error::Io { source, .. } if source.kind() == std::io::ErrorKind::IsADirectory => vec![format!(
            "name the files in it: {}/*; some commands have --all, for every file of the repository",
            file.trim_end_matches('/')
        )],
        Error::NoFolder { folder } => vec![format!("make it: mkdir -p {}", shell_word(folder))],
        Error::Io { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
            vec![
                "nothing was changed; choose another name, or say --force where the command has it"
                    .to_owned(),
            ]
        }
        Error::Recipient { .. } => {
            vec![
                "recipients are age1…, 'ssh-ed25519 AAAA…', keys of services or a name from dekko.toml"
                    .to_owned(),
            ]
        }
        Error::Service { .. } => vec!["nothing was written".to_owned()],
        Error::Internal { .. } => {
            vec!["nothing was written; this is a defect of dekko, please report it".to_owned()]
        }
        _ => Vec::new(),
    }
}

/// What does in dekko what `word` does elsewhere, behind what `usage` begins with.
pub(super) fn instead(usage: &str, word: &str) -> Option<&'static str> {
    if usage.starts_with("dekko encrypt ") && matches!(word, "--inplace" | "--in-place") {
        return Some("'dekko encrypt' writes in place unless -o or --stdout says otherwise");
    }
    if !usage.starts_with("dekko [OPTIONS]") {
        return None;
    }
    Some(match word {
        "-d" | "--decrypt" | "cat" | "show" | "view" => {
            "the plain text: dekko decrypt FILE; one value: dekko get FILE PATH"
        }
        "-e" | "--encrypt" | "seal" => "dekko encrypt FILE",
        "hooks" | "hook" | "install" | "textconv" | "merge-driver" | "mergetool" | "attributes"
        | "doctor" => "it is one of 'dekko git': dekko git --help",
        "updatekeys" | "update-keys" | "reencrypt" | "re-encrypt" => {
            "give files the recipients that dekko.toml names: dekko rewrap --all"
        }
        "exec-env" | "exec-file" | "exec" | "run" | "env" => {
            "dekko runs no programs; to hand values on: dekko decrypt --to env FILE"
        }
        "rm" | "remove" | "delete" => {
            "remove a value: dekko unset FILE PATH; a reader: dekko recipients remove FILE WHO"
        }
        "add" | "share" | "grant" => "let somebody read a file: dekko recipients add FILE RECIPIENT",
        "ls" | "list" | "who" => {
            "who can read a file: dekko recipients list FILE; who can read what: dekko access"
        }
        "status" => "dekko check; or of one file: dekko inspect FILE",
        "keys" | "key" => "your keys: dekko identities; a new one: dekko keygen",
        "merge" => "finish a merge: dekko resolve FILE",
        _ => return None,
    })
}

/// Whether `error` is about a file that cannot be encrypted, because git or dekko must be able to read it.
fn is_read_as_it_is(error: &Error) -> bool {
    matches!(error, Error::InFile { path, .. } if is_exempt(path))
}

fn refused(class: Class, file: &str) -> Vec<String> {
    match class {
        Class::Version | Class::Syntax | Class::Limit => Vec::new(),
        Class::Metadata => vec![format!("see what changed in it: git log -p -- {file}")],
        Class::Link | Class::End => vec![
            "nothing of it was given out; do not use it before you know who changed it".to_owned(),
            format!("see what changed: git log -p -- {file}"),
            format!("after a merge, or when you changed it yourself: dekko reseal {file}"),
        ],
        _ => vec![
            "nothing of it was given out; do not use it before you know who changed it".to_owned(),
            format!("see what changed: git log -p -- {file}"),
        ],
    }
}

/// `path` as a shell takes it for one word that is no option.
pub(super) fn shell_word(path: &Path) -> String {
    let shown = crate::document::escape(&path.to_string_lossy());
    let shown = if shown.starts_with('-') { format!("./{shown}") } else { shown };
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:@%,".contains(c);
    if !shown.is_empty() && shown.chars().all(is_plain) {
        shown
    } else {
        format!("'{}'", shown.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_names_the_file_as_a_shell_takes_it() {
        for (path, word) in
            [("a/b.yaml", "a/b.yaml"), ("-x", "./-x"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''")]
        {
            assert_eq!(shell_word(Path::new(path)), word);
        }
        let hints = hints(&Error::NotEncrypted.in_file("my file.yaml"), &[]);
        assert_eq!(hints, ["encrypt it: dekko encrypt 'my file.yaml'"]);
    }
}
