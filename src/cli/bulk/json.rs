//! What a run would do and what it did, as JSON.

use serde_json::{Map, Value, json};

use super::report::{End, Ended, Report};
use crate::error::Error;
use crate::rotation::{Key, Plan, Planned, Rids, Step, Unanswered};

/// What would be done.
pub(super) fn plan(report: &Report<'_>, plan: &Plan, strangers: &Rids) -> Value {
    let file = |planned: &Planned| match &planned.found {
        Err(error) => entry(planned, "failed", None, report, Some(error)),
        Ok(found) if found.step.is_nothing() => same(planned, report),
        Ok(found) => entry(planned, "would change", Some(&found.step), report, None),
    };
    json!({
        "command": report.errand.command,
        "plan": true,
        "files": plan.files.iter().map(file).collect::<Vec<_>>(),
        "unconfirmed": readers(report, strangers),
        "without_rule": plan.unruled.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
    })
}

/// What was done.
pub(super) fn result(report: &Report<'_>, ended: &Ended<'_>) -> Value {
    let file = |(planned, end): &(&Planned, End<'_>)| match end {
        End::Changed(done) => {
            let mut value = entry(planned, "changed", Some(&done.step), report, None);
            if let (Some(value), false) = (value.as_object_mut(), done.step.removed.is_empty()) {
                value.insert("known".to_owned(), json!(done.known));
            }
            value
        }
        End::Same => same(planned, report),
        End::Left => entry(planned, "left", None, report, None),
        End::Unplanned(_) | End::Failed(_) => entry(planned, "failed", None, report, end.error()),
    };
    json!({
        "command": report.errand.command,
        "plan": false,
        "files": ended.files.iter().map(file).collect::<Vec<_>>(),
    })
}

/// A file that stays as it is; what nobody says of it is told all the same.
fn same(planned: &Planned, report: &Report<'_>) -> Value {
    let mut value = entry(planned, "unchanged", None, report, None);
    if let (Some(value), Ok(found)) = (value.as_object_mut(), &planned.found) {
        tell_unknown(value, &found.step, report);
    }
    value
}

/// Adds whose wraps nobody says the age of, and who was not answered.
fn tell_unknown(value: &mut Map<String, Value>, step: &Step, report: &Report<'_>) {
    if !step.unsaid.is_empty() {
        value.insert("unsaid".to_owned(), readers(report, &step.unsaid));
    }
    if !step.unanswered.is_empty() {
        let one = |one: &Unanswered| {
            let reader = report.reader(&one.recipient).as_json();
            json!({ "recipient": reader, "status": one.status, "message": one.reason })
        };
        value.insert("unanswered".to_owned(), step.unanswered.iter().map(one).collect());
    }
}

fn entry(
    planned: &Planned,
    state: &str,
    step: Option<&Step>,
    report: &Report<'_>,
    error: Option<&Error>,
) -> Value {
    let mut value = json!({ "path": planned.target.path.to_string_lossy(), "state": state });
    if let (Some(value), Some(step)) = (value.as_object_mut(), step) {
        value.insert("added".to_owned(), readers(report, &step.added));
        value.insert("removed".to_owned(), readers(report, &step.removed));
        value.insert("renewed".to_owned(), readers(report, &step.renewed));
        value.insert("new_data_key".to_owned(), json!(step.key == Key::New));
        tell_unknown(value, step, report);
        if let Some(terms) = &step.terms {
            value.insert("policy".to_owned(), json!(terms.policy.text()));
            value.insert("made_plain".to_owned(), json!(step.opened));
        }
    }
    if let (Some(value), Some(error)) = (value.as_object_mut(), error) {
        let said = match error {
            Error::InFile { source, .. } => source.to_string(),
            other => other.to_string(),
        };
        value.insert("error".to_owned(), json!({ "status": error.status(), "message": said }));
    }
    value
}

fn readers(report: &Report<'_>, rids: &Rids) -> Value {
    report.readers(rids).iter().map(super::super::readers::Reader::as_json).collect()
}
