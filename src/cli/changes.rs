//! How differences between versions are shown: shared by `diff` and `log`.

use serde_json::{Value, json};

use super::context::Context;
use super::readers::Reader;
use crate::config::Config;
use crate::document::escape;
use crate::git::diff::{Comparison, Entry, Meta, Opener, What};

/// The lines of `comparison`, each after `indent`.
pub(super) fn lines(comparison: &Comparison, indent: &str, config: Option<&Config>) -> String {
    let mut text = String::new();
    let width = comparison.entries.iter().map(|entry| entry.path.chars().count()).max().unwrap_or(0).min(40);
    for entry in &comparison.entries {
        let sign = match entry.what {
            What::Added => '+',
            What::Removed => '-',
            _ => '~',
        };
        text.push_str(&format!("{indent}{sign} {:width$}  {}\n", entry.path, words(entry)));
    }
    for meta in &comparison.meta {
        text.push_str(&format!("{indent}{}\n", meta_line(meta, config)));
    }
    if comparison.anew > 0 {
        let count =
            if comparison.anew == 1 { "1 value".to_owned() } else { format!("{} values", comparison.anew) };
        text.push_str(&format!("{indent}  {count} encrypted anew, unchanged\n"));
    }
    text
}

fn words(entry: &Entry) -> String {
    let what = match &entry.what {
        What::Added => "added".to_owned(),
        What::Removed => "removed".to_owned(),
        What::Changed => "changed".to_owned(),
        What::Encrypted => "changed, or encrypted anew (no key to tell)".to_owned(),
        What::Renamed(from) => format!("renamed from {from}"),
        What::NowSecret => "encrypted now".to_owned(),
        What::NowPlain => "plain now".to_owned(),
    };
    let plain = if entry.is_secret || entry.what == What::NowPlain { "" } else { " (plain)" };
    let shown = |text: &Option<String>| text.as_deref().map(escape);
    let values = match (shown(&entry.old), shown(&entry.new)) {
        (Some(old), Some(new)) => format!(": {old} → {new}"),
        (Some(text), None) | (None, Some(text)) => format!(": {text}"),
        (None, None) => String::new(),
    };
    format!("{what}{plain}{values}")
}

fn meta_line(meta: &Meta, config: Option<&Config>) -> String {
    let reader = |rid: &String| Reader::of(rid, config).to_string();
    match meta {
        Meta::RecipientAdded(rid) => format!("+ recipient {}", reader(rid)),
        Meta::RecipientRemoved(rid) => format!("- recipient {}", reader(rid)),
        Meta::Rewrapped(rid) => format!("~ recipient {}: wrapped anew", reader(rid)),
        Meta::Field(name, old, new) => {
            let shown = |text: &str| if text.is_empty() { "none".to_owned() } else { escape(text) };
            format!("~ {name}: {} → {}", shown(old), shown(new))
        }
    }
}

/// `comparison` for programs.
pub(super) fn as_json(comparison: &Comparison, config: Option<&Config>) -> Value {
    let entries: Vec<Value> = comparison.entries.iter().map(entry_json).collect();
    let reader = |rid: &String| Reader::of(rid, config).as_json();
    let meta = comparison.meta.iter().map(|meta| match meta {
        Meta::RecipientAdded(rid) => {
            json!({ "field": "recipient", "change": "added", "recipient": reader(rid) })
        }
        Meta::RecipientRemoved(rid) => {
            json!({ "field": "recipient", "change": "removed", "recipient": reader(rid) })
        }
        Meta::Rewrapped(rid) => {
            json!({ "field": "recipient", "change": "rewrapped", "recipient": reader(rid) })
        }
        Meta::Field(name, old, new) => json!({ "field": name, "change": "changed", "old": old, "new": new }),
    });
    let meta: Vec<Value> = meta.collect();
    json!({ "values": entries, "metadata": meta, "encrypted_anew": comparison.anew })
}

fn entry_json(entry: &Entry) -> Value {
    let (change, from) = match &entry.what {
        What::Added => ("added", None),
        What::Removed => ("removed", None),
        What::Changed => ("changed", None),
        What::Encrypted => ("encrypted", None),
        What::Renamed(from) => ("renamed", Some(from)),
        What::NowSecret => ("secret", None),
        What::NowPlain => ("plain", None),
    };
    let mut value = json!({ "path": entry.path, "change": change, "secret": entry.is_secret });
    let fields = [("from", from.cloned()), ("old", entry.old.clone()), ("new", entry.new.clone())];
    if let Some(object) = value.as_object_mut() {
        for (name, text) in fields {
            object.extend(text.map(|text| (name.to_owned(), text.into())));
        }
    }
    value
}

/// Says which data keys could not be opened.
pub(super) fn warn_of_unopened(context: &Context, opener: &Opener<'_, '_>) {
    let unopened = opener.unopened();
    let names: Vec<&str> = unopened.iter().take(10).map(|(dek, _)| dek.as_str()).collect();
    if names.is_empty() {
        return;
    }
    let what = match unopened.len() {
        1 => "1 data key".to_owned(),
        count => format!("{count} data keys"),
    };
    let names = names.join(", ");
    context.ui.warn(&format!(
        "{what} could not be opened: {names}; of values under it, only a new ciphertext can be seen, not a new value"
    ));
}
