//! Starting the agent beside a command.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::client::Client;
use super::server::Life;
use crate::environment::Environment;
use crate::error::{Error, Result};

/// How long an agent may take until it answers.
const PATIENCE: Duration = Duration::from_secs(3);

/// Starts an agent that outlives this command, and waits until it answers; keys are kept for `ttl`.
///
/// # Errors
/// [`Error::Io`] when the program does not start, or ends at once.
pub fn start(environment: &Environment, ttl: Duration, life: Life) -> Result<()> {
    let failed = |source| Error::Io { action: "start the agent", source };
    let program = std::env::current_exe().map_err(failed)?;
    let mut command = Command::new(program);
    command.args(["agent", "run", "--ttl", &format!("{}s", ttl.as_secs())]);
    if life == Life::WhileUsed {
        command.arg("--while-used");
    }
    // Nothing of the environment but where the socket is: identities in variables are not the agent's business.
    command.env_clear().current_dir("/");
    for name in ["XDG_RUNTIME_DIR", "TMPDIR"] {
        command.envs(environment.var(name).map(|value| (name, value)));
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(failed)?;
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if Client::new(environment).state().is_some() {
            return Ok(());
        }
        if let Some(status) = child.try_wait().map_err(failed)? {
            // Another one was faster.
            if Client::new(environment).state().is_some() {
                return Ok(());
            }
            return Err(failed(std::io::Error::other(format!("it ended at once, {status}"))));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    Err(failed(std::io::ErrorKind::TimedOut.into()))
}
