//! What someone could decrypt, as text, as JSON, and as a list to work off.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::super::readers::Reader;
use super::super::verify_history::{commit_json, shown_path};
use crate::audit::{Doubt, Judgement, Known, State, Through};
use crate::document::escape;
use crate::error::Result;
use crate::git::At;
use crate::git::history::{Commit, Whole, short_dek};

/// What is told.
pub(super) struct Report {
    who: Vec<Reader>,
    /// How many commits were read.
    commits: usize,
    /// The commit whose values are in use.
    tip: String,
    /// Whether any file was ever encrypted for them.
    pub is_recipient: bool,
    pub judgement: Judgement,
    /// By number: the paths and commits that are spoken of.
    paths: HashMap<u32, Vec<u8>>,
    made: HashMap<At, Commit>,
}

impl Report {
    /// Looks up the commits and paths of `judgement`.
    ///
    /// # Errors
    /// As [`Whole::commits`].
    pub fn new(
        who: Vec<Reader>,
        whole: &Whole,
        tip: &str,
        is_recipient: bool,
        judgement: Judgement,
    ) -> Result<Self> {
        let (mut paths, mut numbers) = (HashMap::new(), Vec::new());
        for known in &judgement.known {
            numbers.extend([Some(known.since), Some(known.last), known.now].into_iter().flatten().map(At));
            for path in [Some(known.file), known.known_at.as_ref().map(|at| at.file)].into_iter().flatten() {
                paths.insert(path, whole.path(crate::git::replay::PathId(path)).to_vec());
            }
        }
        for &path in &judgement.altered {
            paths.insert(path, whole.path(crate::git::replay::PathId(path)).to_vec());
        }
        let made = whole.commits(numbers)?;
        let commits = whole.len();
        Ok(Self { who, commits, tip: tip.to_owned(), is_recipient, judgement, paths, made })
    }

    /// How many values are still in use.
    pub fn in_use(&self) -> usize {
        self.judgement.known.iter().filter(|known| known.state.is_in_use()).count()
    }

    /// Who is asked for, by name where there is one.
    pub fn name(&self) -> String {
        let name = |reader: &Reader| reader.name.as_deref().map_or_else(|| reader.key(), escape);
        self.who.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    /// The files of the present that are altered or cannot be read.
    pub fn altered(&self) -> Vec<String> {
        self.judgement.altered.iter().map(|path| shown_path(self.path(*path))).collect()
    }

    fn path(&self, number: u32) -> &[u8] {
        self.paths.get(&number).map_or(&[], Vec::as_slice)
    }

    /// The values by file, those in use first.
    fn by_file(&self) -> BTreeMap<&[u8], Vec<&Known>> {
        let mut files: BTreeMap<&[u8], Vec<&Known>> = BTreeMap::new();
        for known in &self.judgement.known {
            files.entry(self.path(known.file)).or_default().push(known);
        }
        for values in files.values_mut() {
            values.sort_by_key(|known| (!known.state.is_in_use(), known.state == State::Gone));
        }
        files
    }

    /// A commit and its day.
    fn commit(&self, number: u32) -> String {
        let Some(commit) = self.made.get(&At(number)) else { return String::new() };
        let day = commit.moment().and_then(|moment| moment.get(..10).map(str::to_owned));
        format!("{} ({})", commit.name(), day.unwrap_or_default())
    }

    /// How many values there are, in words.
    fn summary(&self) -> String {
        let all = match self.judgement.known.len() {
            0 => return format!("{} could never decrypt a value", self.name()),
            1 => "1 value".to_owned(),
            count => format!("{count} values"),
        };
        let used = match self.in_use() {
            0 => "none of them is still in use".to_owned(),
            1 => "1 is still in use".to_owned(),
            count => format!("{count} are still in use"),
        };
        format!("{} could decrypt {all}; {used}", self.name())
    }

    /// What became of a value, and since when it is known; `shown` writes a name.
    fn says(&self, known: &Known, shown: &dyn Fn(&str) -> String) -> String {
        let now = known.now.map(|now| self.commit(now)).unwrap_or_default();
        let mut text = match known.state {
            State::Recipient => "a recipient of the file as it is now".to_owned(),
            State::SameKey => "under a data key that was wrapped for them".to_owned(),
            State::Same => format!("the same value, encrypted anew in {now}"),
            State::Unclear(Doubt::NoKey) => {
                format!("encrypted anew in {now}; whether the value changed cannot be told without a key")
            }
            State::Unclear(Doubt::Altered) => {
                format!(
                    "encrypted anew in {now}; a ciphertext does not open, so nobody can tell whether it changed"
                )
            }
            State::Unclear(Doubt::Plain) => {
                "the file is not encrypted any more: the value may stand in it as plain text".to_owned()
            }
            State::Unclear(Doubt::File) => {
                "the file is altered or cannot be read, so nobody can tell whether the value is in use"
                    .to_owned()
            }
            State::Plain => {
                "the file is not encrypted any more, and the value stands in it as plain text".to_owned()
            }
            State::Changed => format!("another value now, encrypted in {now}"),
            State::Gone => "not there any more".to_owned(),
        };
        text.push_str(&format!("; known since {}", self.commit(known.since)));
        if known.last != known.since {
            text.push_str(&format!(", last from {}", self.commit(known.last)));
        }
        if let Some(at) = &known.known_at {
            let file = if at.file == known.file {
                String::new()
            } else {
                format!(" in {}", shown(&shown_path(self.path(at.file))))
            };
            text.push_str(&format!(", as {}{file}", shown(&at.path)));
        }
        if let Through::Group { rid, needed } = &known.through {
            let others = needed.saturating_sub(1);
            let others = if others == 1 { "1 other".to_owned() } else { format!("{others} others") };
            text.push_str(&format!("; only together with {others} of {}", shown(&escape(rid))));
        }
        text
    }

    /// For people.
    pub fn as_text(&self) -> String {
        let mut text = format!("{}\n", self.summary());
        for (path, values) in self.by_file() {
            text.push_str(&format!("\n{}\n", shown_path(path)));
            let width = values.iter().map(|known| known.path.chars().count()).max().unwrap_or(0).min(40);
            for known in values {
                let word = word(known.state);
                let says = self.says(known, &str::to_owned);
                text.push_str(&format!("  {word:7}  {:width$}  {says}\n", known.path));
            }
        }
        text
    }

    /// A list to work off (CommonMark, with the boxes of GitHub's task lists).
    pub fn as_markdown(&self) -> String {
        let who: Vec<String> = self.who.iter().map(|reader| code(&reader.to_string())).collect();
        let tip = self.tip.get(..10).unwrap_or(&self.tip);
        let mut text = format!("# What {} could decrypt\n\n", code(&self.name()));
        text.push_str(&format!(
            "{}: {} values in the history of {} commits, {} of them still in use in {}. ",
            who.join(", "),
            self.judgement.known.len(),
            self.commits,
            self.in_use(),
            code(tip)
        ));
        text.push_str("Change each where it comes from, then in its file with `dekko set`.\n");
        for (path, values) in self.by_file() {
            text.push_str(&format!("\n## {}\n\n", code(&shown_path(path))));
            for known in values {
                let mark = if known.state.is_in_use() { ' ' } else { 'x' };
                let says = self.says(known, &code);
                text.push_str(&format!("- [{mark}] {}: {}: {says}\n", code(&known.path), word(known.state)));
            }
        }
        text
    }

    /// For programs.
    pub fn as_json(&self) -> Value {
        let path = |number: u32| String::from_utf8_lossy(self.path(number)).into_owned();
        let commit = |number: u32| self.made.get(&At(number)).map(commit_json);
        let value = |known: &Known| {
            let (state, why) = state(known.state);
            let group = match &known.through {
                Through::Own => None,
                Through::Group { rid, needed } => Some(json!({ "recipient": rid, "needed": needed })),
            };
            let known_at =
                known.known_at.as_ref().map(|at| json!({ "file": path(at.file), "path": at.path }));
            json!({
                "file": path(known.file), "path": known.path, "known_at": known_at, "state": state, "why": why,
                "in_use": known.state.is_in_use(), "group": group, "since": commit(known.since),
                "last": commit(known.last), "now": known.now.and_then(commit),
            })
        };
        let values: Vec<Value> = self.by_file().into_values().flatten().map(value).collect();
        let unopened = self.judgement.unopened.iter();
        let unopened: Vec<Value> =
            unopened.map(|(dek, reason)| json!({ "dek": short_dek(dek), "reason": reason })).collect();
        json!({
            "recipients": self.who.iter().map(Reader::as_json).collect::<Vec<_>>(),
            "was_recipient": self.is_recipient, "commits": self.commits, "at": self.tip,
            "in_use": self.in_use(), "values": values, "unopened": unopened, "forged": self.judgement.forged,
            "altered": self.judgement.altered.iter().map(|&number| path(number)).collect::<Vec<_>>(),
        })
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Changed => "changed",
        State::Gone => "gone",
        _ => "in use",
    }
}

/// The name of a state for programs, and why it cannot be told.
fn state(state: State) -> (&'static str, Option<&'static str>) {
    match state {
        State::Recipient => ("recipient", None),
        State::SameKey => ("same-key", None),
        State::Same => ("same", None),
        State::Unclear(Doubt::NoKey) => ("unclear", Some("no-key")),
        State::Unclear(Doubt::Altered) => ("unclear", Some("altered")),
        State::Unclear(Doubt::Plain) => ("unclear", Some("plain")),
        State::Unclear(Doubt::File) => ("unclear", Some("file")),
        State::Plain => ("plain", None),
        State::Changed => ("changed", None),
        State::Gone => ("gone", None),
    }
}

/// `text`, which is one line, as a code span of CommonMark (section 6.1): nothing in it is markup.
fn code(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let is_bare = !text.is_empty() && !text.starts_with([' ', '`']) && !text.ends_with([' ', '`']);
    let space = if is_bare { "" } else { " " };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn nothing_in_a_code_span_is_markup() {
        assert_eq!(code("a.b"), "`a.b`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "`  `");
        assert_eq!(code("</script> [x](y) | *"), "`</script> [x](y) | *`");
    }
}
