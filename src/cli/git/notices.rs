//! What a merge has to say to the person who merges: places and names, never a value.

use super::super::context::Context;
use super::super::hints::shell_word;
use super::super::readers::Reader;
use crate::config::Config;
use crate::document::escape;
use crate::file::merge::Notice;
use crate::git::Report;
use crate::merge::marks::Side;

/// Says what `found` says of the file at `path`, which is escaped.
pub(super) fn report(context: &Context, path: &str, found: &Report) {
    let ui = &context.ui;
    for remark in &found.remarks {
        ui.warn(&format!("'{path}': {remark}"));
    }
    for notice in &found.notices {
        let text = format!("'{path}': {}", said(notice, found.config.as_ref()));
        if is_warning(notice) { ui.warn(&text) } else { ui.disclose(&text) }
    }
    for conflict in &found.conflicts {
        ui.warn(&format!("conflict in '{path}': '{conflict}'"));
    }
    if !found.conflicts.is_empty() {
        let word = shell_word(std::path::Path::new(path));
        ui.hint(&match &found.conflicts[..] {
            [whole] if whole == "(content)" => {
                format!("take one side: dekko resolve {word} --ours, or --theirs; then git add")
            }
            _ => format!("look at it: git diff -- {word}; finish it: dekko resolve {word}, then git add"),
        });
    }
}

fn is_warning(notice: &Notice) -> bool {
    !matches!(notice, Notice::Adds { .. } | Notice::Removes { .. } | Notice::NewKey)
}

/// What `notice` says, with the names of `config`.
pub(in crate::cli) fn said(notice: &Notice, config: Option<&Config>) -> String {
    let name = |rid: &str| escape(&Reader::of(rid, config).to_string());
    match notice {
        Notice::Adds { rid, side } => format!("adds {} ({})", name(rid), side_name(*side)),
        Notice::Removes { rid, side } => format!("removes {} ({})", name(rid), side_name(*side)),
        Notice::NotAllowed { rid } => {
            format!("theirs adds {}, whom dekko.toml of ours does not name for it: not added", name(rid))
        }
        Notice::NotWrapped { rid, reason } => format!("{} was left out: {reason}", name(rid)),
        Notice::Unclear { rid, side } => format!(
            "only {} gives {} access, and the version that both come from cannot be opened: left out",
            side_name(*side),
            name(rid)
        ),
        Notice::OtherGroup { rid, side } => {
            format!(
                "{} changes the group to {}, and so does the other side: left out",
                side_name(*side),
                name(rid)
            )
        }
        Notice::NewKey => "has a new data key, because someone who has the old one lost access".to_owned(),
        Notice::Plaintext { path, side } => {
            format!(
                "{path}: plaintext on {}; it stays in the history there, so change the secret",
                side_name(*side)
            )
        }
        Notice::Decrypted { side } => format!(
            "{} committed it decrypted; the merged file is encrypted, what was committed stays in the history",
            side_name(*side)
        ),
        Notice::ByLines => "could only be merged line by line".to_owned(),
    }
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Ours => "ours",
        Side::Theirs => "theirs",
        Side::Base => "base",
    }
}
