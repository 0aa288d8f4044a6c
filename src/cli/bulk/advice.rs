//! What is to be done after a run: values that whoever was removed knows, rules that say otherwise.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::context::repository_of;
use super::super::hints::shell_word;
use super::super::readers::{Reader, list};
use super::Wish;
use super::report::{Ended, Report, counted, shown};
use crate::config::Config;
use crate::document::escape;
use crate::error::Result;
use crate::fs;
use crate::git::published_version;
use crate::provider::threshold::{has_share, name_of, rid_of};
use crate::rotation::{Plan, Planned, Rids};

/// Says it, after the run that `ended`.
pub(super) fn after(report: &Report<'_>, ended: &Ended<'_>) -> Result<()> {
    known_already(report, ended);
    unsaid(report, ended);
    if matches!(report.errand.wish, Wish::Policy | Wish::Rule) {
        rules_first(report, ended);
    }
    known_values(report, ended)?;
    if matches!(report.errand.wish, Wish::Change { .. }) {
        unnamed(report, ended);
        still_named(report, ended);
    }
    still_members(report, ended);
    Ok(())
}

/// Says that the rules that let somebody in have to be published before the files: a check of what is pushed takes the word of
/// the commit that was there before (docs/check.md).
fn rules_first(report: &Report<'_>, ended: &Ended<'_>) {
    let mut added = ended.changed().filter(|(_, done)| !done.step.added.is_empty());
    let Some(first) = added.next().map(|(planned, _)| &planned.target.path) else { return };
    let Some(config) = report.config.filter(|_| repository_of(first).is_some()) else { return };
    let path = config.path();
    let published = published_version(&path, &report.context.environment).ok().flatten();
    // Where others have no rules yet, those that come with the files hold.
    if published.is_some_and(|bytes| fs::read(&path, 1 << 20).is_ok_and(|own| own != bytes)) {
        report.context.ui.hint(
            "commit and push dekko.toml first, then these files: a push of both at once is what the check refuses",
        );
    }
}

/// Says of a single file who could read it before, where nobody or not everybody was new.
fn known_already(report: &Report<'_>, ended: &Ended<'_>) {
    let ([(planned, end)], Ok(step)) = (&ended.files[..], only_step(ended)) else { return };
    if end.error().is_some() {
        return;
    }
    let ui = &report.context.ui;
    match report.task {
        crate::rotation::Task::Change { add, .. } => {
            let known: Rids = add.difference(&step.added).cloned().collect();
            if !known.is_empty() {
                ui.note(&format!("can read it already: {}", list(&report.readers(&known))));
            }
        }
        crate::rotation::Task::Stale if step.is_nothing() => {
            ui.note(&format!("'{}' has no wrap that says it is old", shown(planned)));
        }
        _ if step.is_off => {}
        _ if step.is_nothing() => ui.note(&format!("'{}' is as its rule says", shown(planned))),
        _ => {}
    }
}

/// Says whose wraps nobody knows the age of.
fn unsaid(report: &Report<'_>, ended: &Ended<'_>) {
    let unsaid: Rids = ended.steps().flat_map(|(_, step)| step.unsaid.iter().cloned()).collect();
    if !unsaid.is_empty() {
        let who = list(&report.readers(&unsaid));
        report
            .context
            .ui
            .note(&format!("nobody says whether these wraps are old, they stay as they are: {who}"));
    }
}

/// Names the files whose rules want another policy, cover or scope, where these are not what the run is about.
pub(super) fn is_off(report: &Report<'_>, plan: &Plan) {
    let is_off = |planned: &&Planned| planned.found.as_ref().is_ok_and(|found| found.step.is_off);
    let off: Vec<_> = plan.files.iter().filter(is_off).collect();
    let Some(first) = off.first() else { return };
    let who = match off.len() {
        1 => format!("'{}' has", shown(first)),
        count => format!("'{}' and {} more have", shown(first), counted(count - 1)),
    };
    let ui = &report.context.ui;
    ui.note(&format!("{who} another policy, cover or scope than the rule says; both: dekko explain FILE"));
    ui.hint("to bring that to the rule, too: dekko rewrap --policy FILE");
}

fn only_step<'e>(ended: &'e Ended<'_>) -> std::result::Result<&'e crate::rotation::Step, ()> {
    let (planned, _) = ended.files.first().ok_or(())?;
    planned.found.as_ref().map(|found| &found.step).map_err(|_| ())
}

/// Prints the paths of the values that whoever was removed knows; of several files, with the file before each.
fn known_values(report: &Report<'_>, ended: &Ended<'_>) -> Result<()> {
    let left: Vec<_> = ended.changed().filter(|(_, done)| !done.step.removed.is_empty()).collect();
    if left.is_empty() {
        return Ok(());
    }
    let is_one = ended.files.len() == 1;
    let who: Rids = left.iter().flat_map(|(_, done)| done.step.removed.iter().cloned()).collect();
    let lines = left.iter().flat_map(|(planned, done)| {
        let file = if is_one { String::new() } else { format!("{}: ", shown(planned)) };
        done.known.iter().map(move |path| format!("{file}{path}\n"))
    });
    let paths: Vec<String> = lines.collect();
    let what = match paths.len() {
        1 => "this value".to_owned(),
        count => format!("these {count} values"),
    };
    let (verb, what) = match (who.len(), is_one) {
        (1, _) | (_, true) => ("knows", what),
        _ => ("know", format!("of {what} those of their files")),
    };
    let still = "still readable in git's history; change each where it comes from, then here";
    report.context.ui.warn(&format!("{} {verb} {what}, {still}", list(&report.readers(&who))));
    let who = report.readers(&who);
    let word =
        who.first().map(|reader| reader.name.clone().unwrap_or_else(|| rid_of(&reader.rid).to_owned()));
    if let (Some(word), 1) = (word, who.len()) {
        report.context.ui.hint(&format!(
            "what they could ever read, also where they took themselves out before: dekko exposure {}",
            shell_word(Path::new(&word))
        ));
    }
    if report.errand.options.json { Ok(()) } else { report.context.ui.content(paths.concat().as_bytes()) }
}

/// Points out whom the rules do not name although they were added.
fn unnamed(report: &Report<'_>, ended: &Ended<'_>) {
    let mut missing = Rids::new();
    for (planned, done) in ended.changed() {
        if let Some(named) = &planned.target.named {
            missing.extend(done.step.added.difference(named).cloned());
        }
    }
    if missing.is_empty() {
        return;
    }
    let word = |reader: &Reader| format!("'{}'", reader.name.clone().unwrap_or_else(|| reader.key()));
    let words: Vec<_> = report.readers(&missing).iter().map(word).collect();
    let (who, words) =
        (if words.len() == 1 { "this recipient" } else { "these recipients" }, words.join(", "));
    report.context.ui.hint(&match &ended.files[..] {
        [(planned, _)] => {
            let line = line_of(&planned.target.path, report.config);
            let line = line.map_or_else(String::new, |line| format!(" at line {line}"));
            format!(
                "the rule for this file does not name {who}: add {words} to 'recipients' of the rule{line} of dekko.toml"
            )
        }
        _ => format!(
            "rules for these files do not name {who}: add {words} to their 'recipients' in dekko.toml, or the next \
             rewrap takes them out again"
        ),
    });
}

/// Points out whom the rules still name although they were removed.
fn still_named(report: &Report<'_>, ended: &Ended<'_>) {
    let is_named = ended.changed().any(|(planned, done)| {
        planned.target.named.as_ref().is_some_and(|named| !named.is_disjoint(&done.step.removed))
    });
    if is_named {
        let rule = if ended.files.len() == 1 {
            "the rule in dekko.toml for this file still names"
        } else {
            "rules in dekko.toml for these files still name"
        };
        report.context.ui.hint(&format!("{rule} whom you removed: take them out there, too"));
    }
}

/// Warns of groups that whoever was removed still has a share of: with others, they still read the file.
fn still_members(report: &Report<'_>, ended: &Ended<'_>) {
    let mut found: BTreeMap<(&str, &str), Vec<&Planned>> = BTreeMap::new();
    for (planned, done) in ended.changed() {
        for left in &done.step.removed {
            for group in done.step.readers.iter().filter(|group| has_share(group, left)) {
                found.entry((left, group)).or_default().push(planned);
            }
        }
    }
    for ((left, group), files) in found {
        let Some(name) = name_of(group) else { continue };
        let (who, name) = (list(&[report.reader(left)]), escape(name));
        let (of, target) = match &files[..] {
            [only] => (format!("'{}'", shown(only)), shown(only)),
            _ => (counted(files.len()), "--all".to_owned()),
        };
        report.context.ui.warn(&format!(
            "{who} still has a share in the group '{name}' of {of}: change it in dekko.toml, then split it anew with \
             'dekko recipients add {target} {name}'"
        ));
    }
}

/// The line of the rule for `file`.
fn line_of(file: &Path, config: Option<&Config>) -> Option<usize> {
    config?.rule_for(file).ok()??.1.line
}
