//! The guard for `git add`, switched on and off for one repository: a filter in its own configuration, and attributes in
//! its own `info/attributes`. Neither is ever committed, and neither says anything to another clone.

use std::fs;
use std::path::{Path, PathBuf};

use super::command::{Git, path_of};
use super::filter::{forget, memory_folder};
use crate::config::{Config, NAME};
use crate::document::escape;
use crate::error::{Error, Result};

/// What git runs.
const PROCESS: &str = "dekko git filter";

const BEGIN: &str =
    "# dekko guard: begin ('dekko git guard on' writes these lines, 'dekko git guard off' removes them)";
/// The same, where the file did not end in a line break before.
const BEGIN_JOINED: &str = "# dekko guard: begin, after a line break ('dekko git guard on' writes these lines, 'dekko git guard off' removes them)";
const END: &str = "# dekko guard: end";

/// How the guard stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It is off.
    Off,
    /// It is on, for the files of the rules.
    On,
    /// It is on, and the rules say other files by now.
    Stale,
}

/// How the guard of the repository that `git` is in stands.
///
/// # Errors
/// [`Error::Git`] outside of a work tree; [`Error::Config`] for a `dekko.toml` that cannot be used.
pub fn guard(git: &Git) -> Result<Guard> {
    let place = Place::of(git)?;
    let process =
        place.git.answer("read its configuration", ["config", "--local", "--get", "filter.dekko.process"])?;
    let text = place.text()?;
    match (process.as_deref() == Some(PROCESS), split(&text)) {
        (true, Some((_, lines, _))) if lines == place.lines()? => Ok(Guard::On),
        (false, None) => Ok(Guard::Off),
        _ => Ok(Guard::Stale),
    }
}

/// Switches the guard on, for the files that the rules of every `dekko.toml` here name; safe to repeat, and to be
/// repeated when the rules change.
///
/// # Errors
/// As [`guard`]; [`Error::Usage`] when the repository has another filter of that name.
pub fn switch_on(git: &Git) -> Result<()> {
    let place = Place::of(git)?;
    let lines = place.lines()?;
    if lines.is_empty() {
        return Err(Error::Usage { what: "no rule of a dekko.toml here names a file to guard".to_owned() });
    }
    let git = &place.git;
    let ask = |key: &str| git.answer("read its configuration", ["config", "--local", "--get", key]);
    if let Some(other) = ask("filter.dekko.process")?.filter(|process| process != PROCESS) {
        let what = format!("the repository has a filter 'dekko' of its own: '{}'", escape(&other));
        return Err(Error::Usage { what });
    }
    let text = place.text()?;
    let (before, _, after) = split(&text).unwrap_or((&text, "", ""));
    let (begin, gap) =
        if before.is_empty() || before.ends_with('\n') { (BEGIN, "") } else { (BEGIN_JOINED, "\n") };
    place.write(&format!("{before}{gap}{begin}\n{lines}{END}\n{after}"))?;
    for (key, value) in [("filter.dekko.process", PROCESS), ("filter.dekko.required", "true")] {
        git.output("change its configuration", ["config", "--local", key, value])?;
    }
    Ok(())
}

/// Switches the guard off, and leaves nothing of it.
///
/// # Errors
/// As [`guard`].
pub fn switch_off(git: &Git) -> Result<()> {
    let place = Place::of(git)?;
    let git = &place.git;
    let ask = |key: &str| git.answer("read its configuration", ["config", "--local", "--get", key]);
    if ask("filter.dekko.process")?.as_deref() == Some(PROCESS) {
        for key in ["filter.dekko.process", "filter.dekko.required"] {
            if ask(key)?.is_some() {
                git.output("change its configuration", ["config", "--local", "--unset-all", key])?;
            }
        }
    }
    let text = place.text()?;
    if let Some((before, _, after)) = split(&text) {
        place.write(&format!("{before}{after}"))?;
    }
    forget(&memory_folder(git)?)
}

/// A work tree and its private attributes.
struct Place {
    git: Git,
    top: PathBuf,
    attributes: PathBuf,
}

impl Place {
    fn of(git: &Git) -> Result<Self> {
        let top = git.top()?.ok_or_else(|| Error::Git {
            action: "find the work tree",
            reason: "there is none here".to_owned(),
        })?;
        let git = git.within(&top);
        let path = git.output("find its files", ["rev-parse", "--git-path", "info/attributes"])?;
        let attributes = top.join(path_of(path.strip_suffix(b"\n").unwrap_or(&path)));
        Ok(Self { git, top, attributes })
    }

    fn text(&self) -> Result<String> {
        match fs::read_to_string(&self.attributes) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(source) => Err(Error::Io { action: "read", source }.in_file(&self.attributes)),
        }
    }

    fn write(&self, text: &str) -> Result<()> {
        let wrong = |source| Error::Io { action: "write", source }.in_file(&self.attributes);
        if text.is_empty() {
            return fs::remove_file(&self.attributes).map_err(wrong);
        }
        if let Some(folder) = self.attributes.parent() {
            fs::create_dir_all(folder).map_err(wrong)?;
        }
        fs::write(&self.attributes, text).map_err(wrong)
    }

    /// A line for each pattern of each rule of each configuration here.
    fn lines(&self) -> Result<String> {
        let pattern = format!(":(top,glob)**/{NAME}");
        let arguments =
            ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern.as_str()];
        let listed = self.git.output("list the files", arguments)?;
        let mut paths: Vec<&[u8]> = listed.split(|&byte| byte == 0).filter(|path| !path.is_empty()).collect();
        paths.sort_unstable();
        paths.dedup();
        let mut lines = String::new();
        for path in paths {
            let own = self.top.join(path_of(path));
            // One that is staged and gone says nothing any more.
            let Some(config) = Config::find(&own)?.filter(|config| is_same(&config.path(), &own)) else {
                continue;
            };
            let folder = String::from_utf8_lossy(path.strip_suffix(NAME.as_bytes()).unwrap_or_default());
            let globs = config.rules().iter().flat_map(|rule| &rule.paths);
            for meaning in globs.flat_map(crate::config::Glob::meanings) {
                let line = format!("{} filter=dekko\n", quoted(&format!("{folder}{meaning}")));
                if !lines.contains(&line) {
                    lines.push_str(&line);
                }
            }
        }
        Ok(lines)
    }
}

fn is_same(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// `pattern` as one word of a line of attributes (gitattributes(5)): in quotes, always.
fn quoted(pattern: &str) -> String {
    let mut out = String::from("\"");
    for c in pattern.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => out.push_str(&format!("\\{:03o}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What stands before the guard's lines, they themselves, and what stands behind; `None` when they are not there.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (start, begin, gap) = match (text.find(BEGIN_JOINED), text.find(BEGIN)) {
        (Some(at), _) => (at, BEGIN_JOINED, 1),
        (None, Some(at)) => (at, BEGIN, 0),
        (None, None) => return None,
    };
    let inside = text.get(start + begin.len() + 1..)?;
    let end = inside.find(END)?;
    let after = inside.get(end + END.len()..)?;
    let before = text.get(..start.saturating_sub(gap))?;
    Some((before, &inside[..end], after.strip_prefix('\n').unwrap_or(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_found_among_others_and_leave_no_trace() {
        for (before, begin, gap) in [("", BEGIN, ""), ("a b\n", BEGIN, ""), ("a b", BEGIN_JOINED, "\n")] {
            let text = format!("{before}{gap}{begin}\nx y\n{END}\nz\n");
            assert_eq!(split(&text), Some((before, "x y\n", "z\n")), "{text}");
        }
        assert_eq!(split("a b\n"), None);
        assert_eq!(split(BEGIN), None);
    }

    #[test]
    fn a_pattern_is_one_word() {
        assert_eq!(quoted("a b/\"c\"\t#"), "\"a b/\\\"c\\\"\\t#\"");
    }
}
