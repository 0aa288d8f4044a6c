//! `dekko identities`: where identities are looked for, and what is there.

use serde_json::json;

use super::context::Context;
use super::ui::Status;
use crate::document::escape;
use crate::error::Result;
use crate::provider::{Listed, identities};

/// Show where identities are looked for, in this order, and their public side
///
/// No secret is shown, and nobody is asked for a passphrase. The status is 1 when there is no identity at all.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Write JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko identities
  dekko identities --json | jq -r '.[].recipients[]'";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let listed = identities(context.session()?);
        if self.json {
            let sources: Vec<_> = listed.iter().map(as_json).collect();
            context.ui.json(&sources.into())?;
        } else {
            let text: String = listed.iter().map(as_text).collect();
            context.ui.content(text.as_bytes())?;
        }
        let is_usable = |source: &Listed| source.found && !source.recipients.is_empty();
        if listed.iter().any(is_usable) {
            return Ok(Status::DONE);
        }
        context.ui.hint("there is none; make one: dekko init");
        Ok(Status::NO)
    }
}

fn as_json(source: &Listed) -> serde_json::Value {
    let Listed { source, found, recipients, problems } = source;
    json!({ "source": source, "found": found, "recipients": recipients, "problems": problems })
}

fn as_text(source: &Listed) -> String {
    let state = match (source.found, source.recipients.is_empty()) {
        (false, _) => "not there",
        (true, true) => "nothing usable",
        (true, false) => "found",
    };
    let mut text = format!("{}: {state}\n", escape(&source.source));
    for recipient in &source.recipients {
        text.push_str(&format!("  {}\n", escape(recipient.strip_prefix("age:").unwrap_or(recipient))));
    }
    for problem in &source.problems {
        text.push_str(&format!("  problem: {}\n", escape(problem)));
    }
    text
}
