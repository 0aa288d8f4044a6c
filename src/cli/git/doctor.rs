//! `dekko git doctor`: what is not as it should be between git and dekko.

use std::path::Path;

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::ui::Status;
use crate::error::Result;
use crate::git::Git;
use crate::git::doctor::{Finding, Weight, examine, mend};

/// Look for what is not as it should be between git and dekko, and say the command that mends it
///
/// The configuration of git, the attributes and the rules of dekko.toml, caches and left-overs that may hold plain text,
/// hooks. The status is 1 when there is a problem; advice alone is none.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Args {
    /// Mend what can be mended without a loss
    #[arg(long)]
    fix: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko git doctor
  dekko git doctor --fix
  dekko git doctor --json | jq -r '.[].id'";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let git = Git::new(Path::new("."), &context.environment)?;
        let mut found = examine(&git, &context.environment)?;
        if self.fix {
            for finding in &found {
                if mend(&git, finding)? {
                    context.ui.note(&format!("mended: {}", finding.what));
                }
            }
            found = examine(&git, &context.environment)?;
        }
        match self.json {
            true => context.ui.json(&found.iter().map(as_json).collect::<Vec<_>>().into())?,
            false => context.ui.content(found.iter().map(as_text).collect::<String>().as_bytes())?,
        }
        if found.iter().any(|finding| finding.weight == Weight::Problem) {
            return Ok(Status::NO);
        }
        context.ui.note(if found.is_empty() { "all is well" } else { "no problem, some advice" });
        Ok(Status::DONE)
    }
}

fn weight(finding: &Finding) -> &'static str {
    match finding.weight {
        Weight::Problem => "problem",
        Weight::Advice => "advice",
    }
}

fn as_text(finding: &Finding) -> String {
    format!("{}: {}\n  {}\n", weight(finding), finding.what, finding.mend)
}

fn as_json(finding: &Finding) -> serde_json::Value {
    json!({
        "id": finding.id,
        "weight": weight(finding),
        "what": finding.what,
        "mend": finding.mend,
        "fixable": finding.fix.is_some(),
    })
}
