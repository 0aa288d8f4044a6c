//! `dekko agent`: the process that keeps unwrapped data keys for a while.

use std::time::Duration;

use clap::Subcommand;
use serde_json::json;

use super::context::Context;
use super::ui::Status;
use crate::agent::{self, Client};
use crate::config::user::{DEFAULT_TTL, UserConfig, duration};
use crate::document::escape;
use crate::error::{Error, Result};

/// Keep unwrapped data keys in memory for a while
///
/// The agent is a process of your own. While it runs, every command that opens a file leaves its data key there, and looks
/// there first: 'git log -p' asks a key service once and not once a version. It keeps keys by the name that files call
/// them by, for 10 minutes unless you say otherwise, in memory that is not swapped out and that other processes cannot
/// look into, never on disk; its socket answers you alone. Commands with --identity do not ask it.
///
/// With '[agent] start = \"on-demand\"' in dekko/config.toml of your configuration folder it is started when there is a
/// key to be kept, and ends when it is not used any more.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "\
Examples:
  dekko agent start --ttl 30m
  dekko agent status
  dekko agent forget                    before you leave the desk
  dekko agent stop";

#[derive(Subcommand)]
enum Action {
    /// Start the agent, unless it runs
    Start {
        /// How long a key is kept: 90s, 30m, 2h; up to 24h
        #[arg(long, value_name = "TIME", value_parser = time)]
        ttl: Option<Duration>,
    },
    /// Forget all keys, and end
    Stop,
    /// Say whether it runs, and how many keys it keeps; the status is 1 when it does not run
    Status {
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Forget all keys, and go on
    Forget,
    /// Be the agent: for service managers; 'start' does this in the background
    Run {
        /// How long a key is kept: 90s, 30m, 2h; up to 24h
        #[arg(long, value_name = "TIME", value_parser = time)]
        ttl: Option<Duration>,
        /// End when no key was kept for as long
        #[arg(long)]
        while_used: bool,
    },
}

fn time(text: &str) -> std::result::Result<Duration, &'static str> {
    duration(text).ok_or("a number of seconds, minutes or hours, up to a day, like 10m")
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let client = Client::new(&context.environment);
        match self.action {
            Action::Start { ttl } => start(context, &client, ttl),
            Action::Run { ttl, while_used } => serve(context, ttl, while_used),
            Action::Status { json } => status(context, &client, json),
            Action::Stop => {
                Ok(said(context, &client, client.stop(), "the agent has forgotten all keys, and ended"))
            }
            Action::Forget => Ok(said(context, &client, client.forget(), "all keys are forgotten")),
        }
    }
}

fn said(context: &Context, client: &Client, is_done: bool, what: &str) -> Status {
    if !is_done && warn_of_open_folder(context, client) {
        return Status::NO;
    }
    context.ui.note(if is_done { what } else { "no agent is running" });
    Status::DONE
}

/// Warns of an agent that may be running in a folder that others can look into; whether there is such a folder.
fn warn_of_open_folder(context: &Context, client: &Client) -> bool {
    let Some(folder) = client.exposed() else { return false };
    context.ui.warn(&format!(
        "'{}' is not this user's alone, so that nothing there is talked to: an agent may be running in it; close the folder \
         (chmod 700), then 'dekko agent stop'",
        escape(&folder.to_string_lossy())
    ));
    true
}

fn status(context: &Context, client: &Client, json: bool) -> Result<Status> {
    let state = client.state();
    if state.is_none() {
        warn_of_open_folder(context, client);
    }
    let status = if state.is_some() { Status::DONE } else { Status::NO };
    if json {
        let value = match state {
            Some(state) => json!({ "running": true, "pid": state.pid, "keys": state.keys,
                                   "ttl_seconds": state.ttl.as_secs(), "locked": state.is_locked }),
            None => json!({ "running": false }),
        };
        context.ui.json(&value)?;
        return Ok(status);
    }
    let line = match state {
        None => "no agent is running".to_owned(),
        Some(state) => {
            let keys = if state.keys == 1 { "1 key".to_owned() } else { format!("{} keys", state.keys) };
            let memory = if state.is_locked { "locked" } else { "not locked: the system may swap it out" };
            format!(
                "running as process {}: {keys}, each kept for {} s; memory {memory}",
                state.pid,
                state.ttl.as_secs()
            )
        }
    };
    context.ui.content(format!("{line}\n").as_bytes())?;
    Ok(status)
}

/// How long keys are kept: as asked for, else as the user's configuration says.
#[cfg(unix)]
fn ttl(context: &Context, asked: Option<Duration>) -> Result<Duration> {
    match asked {
        Some(ttl) => Ok(ttl),
        None => Ok(UserConfig::load(&context.environment)?.agent_ttl.unwrap_or(DEFAULT_TTL)),
    }
}

#[cfg(unix)]
fn start(context: &Context, client: &Client, asked: Option<Duration>) -> Result<Status> {
    if let Some(state) = client.state() {
        let kept = state.ttl.as_secs();
        if asked.is_some_and(|ttl| ttl != state.ttl) {
            let what = format!("an agent is running that keeps keys for {kept} s; 'dekko agent stop' first");
            return Err(Error::Usage { what });
        }
        context.ui.note(&format!("the agent runs already, as process {}", state.pid));
        return Ok(Status::DONE);
    }
    let ttl = ttl(context, asked)?;
    agent::start(&context.environment, ttl, agent::Life::UntilStopped)?;
    context.ui.note(&format!("the agent runs, and keeps data keys for {} s", ttl.as_secs()));
    Ok(Status::DONE)
}

#[cfg(unix)]
fn serve(context: &Context, asked: Option<Duration>, while_used: bool) -> Result<Status> {
    let life = if while_used { agent::Life::WhileUsed } else { agent::Life::UntilStopped };
    agent::serve(&context.environment, ttl(context, asked)?, life)?;
    Ok(Status::DONE)
}

#[cfg(not(unix))]
fn start(_: &Context, _: &Client, _: Option<Duration>) -> Result<Status> {
    Err(Error::Usage { what: "there is no agent on this system: it needs Unix sockets".to_owned() })
}

#[cfg(not(unix))]
fn serve(context: &Context, asked: Option<Duration>, _: bool) -> Result<Status> {
    start(context, &Client::new(&context.environment), asked)
}
