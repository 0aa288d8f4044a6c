//! The check checked: it must find what is wrong with files that are known to be bad, and nothing in a good one.

use std::path::Path;

use super::copies::Copies;
use super::file::{Demands, examine, identity};
use super::{Defect, reordered};
use crate::config::Config;
use crate::crypto::{DataKey, FileId, SystemRandom};
use crate::document::Cover;
use crate::envelope::WrappedKey;
use crate::error::{Error, Result};
use crate::file::{FileType, Recipe, seal};
use crate::policy::Policy;

/// A recipient that nobody has the identity of: the one in the test vectors of age.
const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

const CONFIG: &str = "version = 1\n[[rules]]\npaths = [\"*.yaml\"]\nrecipients = [\
    \"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\"]\n";

const PLAIN: &str = "user: app\npassword: sample\nhost: local\n";

/// A file and what must be found in it.
struct Sample {
    text: String,
    expected: Option<Defect>,
}

/// Looks at files that are built in, and gives how many bad ones were found bad.
///
/// # Errors
/// [`Error::Internal`] when a bad one passes, or the good one does not.
pub fn self_test() -> Result<usize> {
    let good = sealed(PLAIN, "encrypt **")?;
    let demands = demands()?;
    let mut count = 0;
    for sample in samples(&good)? {
        let found = examine("sample.yaml", sample.text.clone().into_bytes(), &demands);
        let defects: Vec<Defect> = found.faults.iter().map(|(defect, _, _)| *defect).collect();
        match sample.expected {
            None if !defects.is_empty() => return Err(failed("a good file", defects[0])),
            Some(expected) if !defects.contains(&expected) => return Err(failed("a bad file", expected)),
            Some(_) => count += 1,
            None => {}
        }
    }
    let known = identity("sample.yaml", good.clone().into_bytes());
    let copies = ["a", "b"].iter().filter_map(|name| Some((name.as_bytes(), known.as_ref()?)));
    let is_found = Copies::among(copies)?.len() == 1;
    let swapped = identity("sample.yaml", reorder(&good).into_bytes());
    let is_found =
        is_found && known.zip(swapped).is_some_and(|(old, new)| reordered(b"a", None, &old, &new).is_some());
    if !is_found {
        return Err(failed("a bad pair of files", Defect::Copy));
    }
    Ok(count + 2)
}

fn failed(what: &str, defect: Defect) -> Error {
    Error::Internal { what: format!("the check of {what} is wrong about '{}'", defect.name()) }
}

/// The good file and bad ones made of it.
fn samples(good: &str) -> Result<Vec<Sample>> {
    let line = |name: &str| good.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
    let token = |name: &str| line(name).split_once(": ").map_or("", |(_, token)| token);
    let bad = |expected, text: String| Sample { text, expected: Some(expected) };
    let with = |from: &str, to: &str| good.replacen(from, to, 1);
    let user = token("user:");
    let foreign = user.replacen(user.get(5..9).unwrap_or_default(), "AAAA", 1);
    let zeros = "A".repeat(22);
    let key = format!("AGE-SECRET-KEY-1{}", "Q".repeat(58));
    Ok(vec![
        Sample { text: good.to_owned(), expected: None },
        bad(Defect::NotEncrypted, PLAIN.to_owned()),
        bad(Defect::PlainValue, with(token("password:"), "sample")),
        bad(Defect::Policy, sealed(PLAIN, "encrypt password")?),
        bad(Defect::Conflict, format!("<<<<<<< a\n{}\n=======\n>>>>>>> b\n{good}", line("user:"))),
        bad(Defect::Unsealed, with(line("end:"), &format!("  end: {zeros}"))),
        bad(Defect::Syntax, format!("\"\n{good}")),
        bad(Defect::Metadata, with(line("epoch:"), "  epoch: x")),
        bad(Defect::Version, with("  v: 1\n", "  v: 2\n")),
        bad(Defect::Token, with(user, "enc1.AAAA")),
        bad(Defect::Token, with(token("password:"), user)),
        bad(Defect::ForeignToken, with(user, &foreign)),
        bad(Defect::Recipient, with(RECIPIENT, &RECIPIENT.replace("zvky", "zvkz"))),
        bad(Defect::PrivateKey, format!("# {key}\n{good}")),
    ])
}

/// `good` with its first two lines in the other order.
fn reorder(good: &str) -> String {
    let mut lines: Vec<&str> = good.split_inclusive('\n').collect();
    if lines.len() > 2 {
        lines.swap(0, 1);
    }
    lines.concat()
}

fn demands() -> Result<Demands> {
    let config = Config::parse(CONFIG, Path::new(""))?;
    let rule = config.rules().first().ok_or_else(|| failed("a rule", Defect::Configuration))?;
    super::demands_of(&config, rule, 1)
}

/// `plain` encrypted under a data key that is forgotten.
fn sealed(plain: &str, policy: &str) -> Result<String> {
    let random = &mut SystemRandom;
    let recipe = Recipe {
        policy: Policy::read(policy)?,
        cover: Cover::All,
        scope: None,
        rotated: "2026-01-01T00:00:00Z".to_owned(),
    };
    let key = DataKey::generate(random)?;
    let wrap = &mut |_: &FileId, _: &DataKey| {
        let wrapped = WrappedKey::new(format!("age:{RECIPIENT}"), vec![0; 32]);
        Ok(wrapped.into_iter().collect())
    };
    let file_type = FileType::named("yaml").ok_or_else(|| failed("a format", Defect::Syntax))?;
    let sealed = seal(file_type, plain.as_bytes().to_vec(), &recipe, key, wrap, random)?;
    Ok(String::from_utf8_lossy(&sealed.bytes).into_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_check_finds_every_built_in_bad_file() {
        assert_eq!(super::self_test().unwrap(), 15);
    }
}
