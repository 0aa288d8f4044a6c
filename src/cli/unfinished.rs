//! What the commands that finish a merge share: the conflict, and the answers to it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::git::said;
use super::hints::shell_word;
use super::recipe::now;
use super::source::{Content, Source};
use super::vouched::{Agreement, Subject, vouched};
use crate::document::{escape, is_unsafe_on_a_terminal};
use crate::error::{Error, Result};
use crate::file::merge::{Merge, Notice, Terms};
use crate::file::{DataKeys, FileType};
use crate::git::{
    Choice, Known, Question, Stages, Unfinished, allowed_by_ours, around, known, stages, version_in,
};
use crate::merge::marks::{Marked, Marks, Side};
use crate::provider::{self, Prompt};

/// What was decided on the command line.
#[derive(clap::Args)]
pub(super) struct Decisions {
    /// Take our side: everywhere, or where a value at PATH is in conflict
    #[arg(long, value_name = "PATH", num_args = 0..)]
    ours: Option<Vec<String>>,
    /// Take the other side: everywhere else, or at PATH
    #[arg(long, value_name = "PATH", num_args = 0..)]
    theirs: Option<Vec<String>>,
    /// Take both, ours first, for items of a list: everywhere else, or at PATH
    #[arg(long, value_name = "PATH", num_args = 0..)]
    union: Option<Vec<String>>,
    /// Agree to what would be asked about the file as a whole: recipients, encryption, changes beside the conflicts
    #[arg(short, long)]
    pub yes: bool,
}

/// The marks of a conflict in a text that a person edits.
pub(super) fn marks() -> Marks {
    Marks {
        size: 7,
        with_base: true,
        ours: "ours".to_owned(),
        base: "base".to_owned(),
        theirs: "theirs".to_owned(),
    }
}

/// The conflict in the file at `path`: between the versions in git's index, when the file is as git left it or `anew` says so;
/// else as it lies there.
///
/// Versions in the index are verified as a whole. Of a text with marks only the single values are authentic: what somebody
/// changed beside them, in a merge without a key too, must be looked at.
pub(super) fn load(context: &Context, path: &Path, anew: bool) -> Result<(Content, Unfinished)> {
    let content = Source::of(path).read()?;
    let found = found(context, path, &content, anew).map_err(|error| error.in_file(path))?;
    Ok((content, found))
}

fn found(context: &Context, path: &Path, content: &Content, anew: bool) -> Result<Unfinished> {
    let keys = DataKeys::new(context.session()?);
    let git = around(path, &context.environment);
    let stages = match &git {
        Some((git, name)) => stages(git, name)?,
        None => None,
    };
    let mut from_index = None;
    if let (Some((git, name)), Some(stages)) = (&git, stages) {
        let left = version_in(git, "AUTO_MERGE", name)?;
        let merged = merged(context, stages.format(name)?, stages, &keys);
        if anew || left.is_some_and(|left| left == content.bytes) {
            return merged;
        }
        from_index = merged.ok();
    } else if anew {
        return Err(Error::Usage {
            what: "git's index has no versions of it that are in conflict".to_owned(),
        });
    }
    if Marked::read(&String::from_utf8_lossy(&content.bytes)).is_none() {
        let what =
            format!("no conflict is marked in it; 'dekko reseal {}' seals it as it is", shell_word(path));
        return Err(Error::Usage { what });
    }
    let file_type = FileType::of_encrypted(&content.source.file_name(), &content.bytes);
    let FileType::Text(format) = file_type else {
        let what = "the file is encrypted as a whole; take one side: dekko resolve FILE --ours, or --theirs";
        return Err(Error::Usage { what: what.to_owned() });
    };
    let known = match &git {
        Some((git, name)) => known(git, file_type, name, &keys)?,
        None => Known::default(),
    };
    let marked = Unfinished::marked(format, content.bytes.clone(), &keys, known)?;
    // Not every command of git says what it left.
    Ok(from_index.filter(|merged| merged.is_same_as(&marked)).unwrap_or(marked))
}

/// The conflict between `stages`.
pub(super) fn merged(
    context: &Context,
    format: &'static dyn crate::format::Format,
    stages: Stages,
    keys: &DataKeys<'_>,
) -> Result<Unfinished> {
    let session = context.session()?;
    let wrap = &mut |rid: &str, file: &_, key: &_| provider::wrap(rid, file, key, session);
    Unfinished::merged(format, stages, keys, &mut Terms { allowed: None, now: now(), wrap })
}

impl Decisions {
    /// The file in question: `given`, or the last word behind an option, which took it for a path:
    /// 'dekko resolve --theirs FILE'.
    ///
    /// # Errors
    /// [`Error::Usage`] when there is none, or it cannot be told.
    pub fn file(&mut self, given: Option<PathBuf>) -> Result<PathBuf> {
        if let Some(file) = given {
            return Ok(file);
        }
        let is_bare = self.ours.is_none() && self.theirs.is_none() && self.union.is_none();
        let lists = [&mut self.ours, &mut self.theirs, &mut self.union].into_iter().flatten();
        let is_file = |paths: &&mut Vec<String>| paths.last().is_some_and(|last| Path::new(last).is_file());
        match &mut lists.filter(is_file).collect::<Vec<_>>()[..] {
            [paths] => Ok(PathBuf::from(paths.pop().unwrap_or_default())),
            [] if is_bare => Err(Error::Usage { what: "no file is named: dekko resolve FILE".to_owned() }),
            _ => Err(Error::Usage {
                what: "name the file first: dekko resolve FILE --theirs, or --theirs PATH…".to_owned(),
            }),
        }
    }

    /// The answer to each question: as the command line says, else as the person at the terminal does.
    ///
    /// # Errors
    /// [`Error::Usage`] naming what is undecided, and paths that are in no conflict.
    pub fn choices(&self, context: &Context, file: &Path, unfinished: &Unfinished) -> Result<Vec<Choice>> {
        agreed(context, file, unfinished, Agreement::of(self.yes))?;
        let questions = unfinished.questions();
        self.check_paths(&questions)?;
        let prompt = context.session()?.prompt();
        let mut choices = Vec::with_capacity(questions.len());
        let mut undecided = Vec::new();
        for (at, question) in questions.iter().enumerate() {
            if let Some(choice) = self.choice(question) {
                choices.push(choice);
                continue;
            }
            match asked(&**prompt, &shown(at, questions.len(), question)) {
                Some(choice) => choices.push(choice),
                None => undecided.push(named(question)),
            }
        }
        if undecided.is_empty() {
            return Ok(choices);
        }
        let what = format!(
            "still in conflict: {}; nothing was written; say what to take: --ours PATH, --theirs PATH, or all of one side",
            undecided.join(", ")
        );
        Err(Error::Usage { what })
    }

    /// The side that is wanted of a file that is encrypted as a whole; `None` when nothing is said.
    ///
    /// # Errors
    /// [`Error::Usage`] for anything but one side.
    pub fn side(&self) -> Result<Option<Side>> {
        match (&self.ours, &self.theirs, &self.union) {
            (None, None, None) => Ok(None),
            (Some(paths), None, None) if paths.is_empty() => Ok(Some(Side::Ours)),
            (None, Some(paths), None) if paths.is_empty() => Ok(Some(Side::Theirs)),
            _ => Err(Error::Usage {
                what: "the file is encrypted as a whole, and has no paths: --ours, or --theirs".to_owned(),
            }),
        }
    }

    fn choice(&self, question: &Question) -> Option<Choice> {
        let all = [(&self.ours, Choice::Ours), (&self.theirs, Choice::Theirs), (&self.union, Choice::Union)];
        let is_meant = |path: &String| question.paths.iter().any(|found| is_at_or_below(found, path));
        let by_path =
            all.iter().find(|(paths, _)| paths.as_ref().is_some_and(|paths| paths.iter().any(is_meant)));
        let everywhere = || all.iter().find(|(paths, _)| paths.as_ref().is_some_and(Vec::is_empty));
        by_path.or_else(everywhere).map(|(_, choice)| *choice)
    }

    fn check_paths(&self, questions: &[Question]) -> Result<()> {
        for path in [&self.ours, &self.theirs, &self.union].into_iter().flatten().flatten() {
            let is_known = questions
                .iter()
                .flat_map(|question| &question.paths)
                .any(|found| is_at_or_below(found, path));
            if !is_known {
                let names: Vec<_> = questions.iter().map(named).collect();
                let reason = format!("is not in conflict; in conflict: {}", names.join(", "));
                return Err(Error::Path { path: escape(path), reason });
            }
        }
        Ok(())
    }
}

/// Shows what differs in `text`, which settles a conflict, from the verified versions that it comes from, and asks; where
/// it was merged from verified versions alone, there is nothing to vouch for.
///
/// # Errors
/// As [`vouched`]; [`Error::Conflict`] for a text that has marks still.
pub(super) fn agreed_to_text(
    context: &Context,
    file: &Path,
    unfinished: &Unfinished,
    text: &[u8],
    agreement: Agreement,
) -> Result<()> {
    let Some(known) = unfinished.unverified() else { return Ok(()) };
    if let Some(marked) = Marked::read(&String::from_utf8_lossy(text)) {
        return Err(Error::Conflict { line: marked.line });
    }
    let (format, envelope) = (unfinished.format(), unfinished.envelope());
    vouched(context, &Subject { name: file, format, envelope, plain: text }, known, agreement)
}

/// Says and asks about what concerns the file as a whole, whoever settles its conflicts, and however.
///
/// # Errors
/// [`Error::Usage`] when nobody agrees.
pub(super) fn agreed(
    context: &Context,
    file: &Path,
    unfinished: &Unfinished,
    agreement: Agreement,
) -> Result<()> {
    let Some(merge) = unfinished.merge() else { return Ok(()) };
    for notice in merge.notices() {
        let config = context.config_for(&Source::of(file))?;
        context.ui.disclose(&said(notice, config.as_ref()));
    }
    let conflicts = merge.conflicts().iter().map(String::as_str);
    let mut whole: Vec<_> = conflicts.filter(|path| path.starts_with('(') && *path != "(lines)").collect();
    if gives_access(context, file, merge)? && !whole.contains(&"(recipients)") {
        whole.push("(recipients)");
    }
    if whole.is_empty() || agreement == Agreement::Given {
        return Ok(());
    }
    let names = whole.join(", ");
    let prompt = context.session()?.prompt();
    match prompt.confirm(&format!("{names}: go on as described?"), "yes", Some("no")) {
        Some(true) => Ok(()),
        _ => {
            let what = format!("{names} must be agreed to (dekko resolve --yes); nothing was written");
            Err(Error::Usage { what })
        }
    }
}

/// Whether `merge` lets somebody in whom the configuration in our commit does not name.
fn gives_access(context: &Context, file: &Path, merge: &Merge) -> Result<bool> {
    let added = merge.notices().iter().filter_map(|notice| match notice {
        Notice::Adds { rid, side: Side::Theirs } => Some(rid),
        _ => None,
    });
    let added: Vec<_> = added.collect();
    let Some((git, name)) = around(file, &context.environment).filter(|_| !added.is_empty()) else {
        return Ok(false);
    };
    let folder = git.answer("find the file in it", ["rev-parse", "--show-prefix"])?.unwrap_or_default();
    let allowed = allowed_by_ours(&git, &format!("{folder}{name}"));
    // A configuration that cannot be read allows nobody.
    let allowed = allowed.unwrap_or_else(|_| Some(BTreeSet::new()));
    // Without a rule nobody said beforehand who may read it.
    Ok(allowed.is_none_or(|allowed| added.iter().any(|rid| !allowed.contains(*rid))))
}

/// What the person at the terminal answers to `question`, which is put again until the answer is one; `None` when they
/// leave it, or nobody is there.
fn asked(prompt: &dyn Prompt, question: &str) -> Option<Choice> {
    if !prompt.is_present() {
        return None;
    }
    loop {
        match prompt.line(question)?.trim().chars().next()? {
            'o' | 'O' => return Some(Choice::Ours),
            't' | 'T' => return Some(Choice::Theirs),
            'b' | 'B' => return Some(Choice::Union),
            _ => prompt.tell("that is none of o, t and b"),
        }
    }
}

/// Whether the key path `found` is `path` or leads through it.
fn is_at_or_below(found: &str, path: &str) -> bool {
    found.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn named(question: &Question) -> String {
    match question.paths.is_empty() {
        true => "a place without values".to_owned(),
        false => question.paths.iter().map(|path| format!("'{path}'")).collect::<Vec<_>>().join(" and "),
    }
}

/// The question as the person at the terminal sees it, values and all.
fn shown(at: usize, count: usize, question: &Question) -> String {
    let safe = |text: &str| -> String {
        let lines = text.lines().map(|line| {
            let line: String =
                line.chars().map(|c| if is_unsafe_on_a_terminal(c) { '\u{fffd}' } else { c }).collect();
            format!("    {line}\n")
        });
        let lines: String = lines.collect();
        if lines.is_empty() { "    (nothing)\n".to_owned() } else { lines }
    };
    let Question { conflict, .. } = question;
    format!(
        "conflict {} of {count}: {}\n  ours:\n{}  theirs:\n{}take (o)urs, (t)heirs or (b)oth? Enter leaves it",
        at + 1,
        named(question),
        safe(&conflict.ours),
        safe(&conflict.theirs),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use zeroize::Zeroizing;

    use super::*;
    use crate::merge::marks::Conflict;

    /// A person who gives these answers, last first.
    struct Person(Mutex<Vec<&'static str>>);

    impl Prompt for Person {
        fn is_present(&self) -> bool {
            true
        }

        fn tell(&self, _: &str) {}

        fn passphrase(&self, _: &str) -> Option<Zeroizing<String>> {
            None
        }

        fn line(&self, question: &str) -> Option<String> {
            assert!(!question.trim_end().ends_with(':'), "the terminal writes one itself");
            self.0.lock().ok()?.pop().map(str::to_owned)
        }

        fn confirm(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
            None
        }
    }

    #[test]
    fn a_wrong_key_asks_again_and_an_empty_line_leaves_it() {
        let conflict = Conflict { base: None, ours: "a\n".to_owned(), theirs: "b\n".to_owned() };
        let question = shown(0, 1, &Question { paths: vec!["k".to_owned()], conflict });
        for (answers, choice) in [
            (&["t", "x", "?"][..], Some(Choice::Theirs)),
            (&["o", "", "y"], None),
            (&["Ours"], Some(Choice::Ours)),
            (&["b", "1"], Some(Choice::Union)),
            (&["z"], None),
        ] {
            let person = Person(Mutex::new(answers.to_vec()));
            assert_eq!(asked(&person, &question), choice, "{answers:?}");
        }
    }
}
