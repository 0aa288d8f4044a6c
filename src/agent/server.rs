//! The agent itself: one thread, one client after the other.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::Zeroizing;

use super::messages::{ANSWER, REQUEST, Report, Request};
use super::place::{Place, is_same_user};
use super::vault::Vault;
use crate::environment::Environment;
use crate::error::{Error, Result};

/// How often old keys are looked for while there are any: the machine may have slept meanwhile.
const ROUND: Duration = Duration::from_secs(5);
/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many clients may be connected at a time.
const CLIENTS: usize = 200;

/// Whether the agent goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Listen,
    End,
}

/// When an agent that keeps no key ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Never.
    UntilStopped,
    /// After as long a time as a key is kept.
    WhileUsed,
}

/// Is the agent: answers whoever runs under the same user, until one says stop. A key is kept for `ttl`.
///
/// # Errors
/// [`Error::Usage`] when there is an agent already; [`Error::Io`] when there is no place for the socket.
pub fn serve(environment: &Environment, ttl: Duration, life: Life) -> Result<()> {
    let place = Place::of(environment);
    let Some(_lock) = place.lock()? else {
        return Err(Error::Usage { what: "an agent is running already".to_owned() });
    };
    let mut vault = Vault::in_locked_memory(ttl);
    let socket = place.socket();
    let failed = |source| Error::Io { action: "listen as the agent", source }.in_file(&socket);
    // Whoever holds the lock is the only agent: what lies there was left by one that was killed.
    match std::fs::remove_file(&socket) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = UnixListener::bind(&socket).map_err(failed)?;
    std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    // Out of the terminal's reach; where this process leads a group already, it is that.
    let _ = rustix::process::setsid();
    let ended = listen(&listener, &mut vault, life);
    vault.forget_all();
    let removed = std::fs::remove_file(&socket);
    ended.and(removed).map_err(failed)
}

fn listen(listener: &UnixListener, vault: &mut Vault, life: Life) -> std::io::Result<()> {
    let mut clients: Vec<UnixStream> = Vec::new();
    let mut in_use = Instant::now();
    loop {
        // Nobody is let in while there is no room: asking again and again would be all that it does.
        let wanted = if clients.len() < CLIENTS { PollFlags::IN } else { PollFlags::empty() };
        let mut waits = vec![PollFd::new(listener, wanted)];
        waits.extend(clients.iter().map(|client| PollFd::new(client, PollFlags::IN)));
        let round =
            if vault.len() > 0 || life == Life::WhileUsed { ROUND.min(vault.ttl()) } else { Duration::MAX };
        let timeout = Timespec::try_from(round).ok();
        match poll(&mut waits, timeout.as_ref()) {
            Err(rustix::io::Errno::INTR) => continue,
            found => found?,
        };
        let ready: Vec<bool> = waits.iter().map(|wait| !wait.revents().is_empty()).collect();
        drop(waits);
        vault.forget_old();
        if vault.len() > 0 {
            in_use = Instant::now();
        } else if life == Life::WhileUsed && in_use.elapsed() >= vault.ttl() {
            return Ok(());
        }
        let mut is_ready = ready.iter().skip(1);
        let mut next = Next::Listen;
        clients.retain_mut(|client| match is_ready.next() {
            Some(true) => match answer(client, vault) {
                Some(wish) => {
                    if wish == Next::End {
                        next = Next::End;
                    }
                    true
                }
                None => false,
            },
            _ => true,
        });
        if next == Next::End {
            return Ok(());
        }
        if ready.first() == Some(&true) {
            while clients.len() < CLIENTS
                && let Ok((client, _)) = listener.accept()
            {
                if is_same_user(&client) && is_patient(&client) {
                    clients.push(client);
                }
            }
        }
    }
}

/// Limits how long the agent waits for `client`; whether that could be done.
fn is_patient(client: &UnixStream) -> bool {
    let is_set = |set: std::io::Result<()>| set.is_ok();
    is_set(client.set_nonblocking(false))
        && is_set(client.set_read_timeout(Some(PATIENCE)))
        && is_set(client.set_write_timeout(Some(PATIENCE)))
}

/// Answers one request; `None` when the client is gone, slow, or speaks another language.
fn answer(client: &mut UnixStream, vault: &mut Vault) -> Option<Next> {
    let mut request = Zeroizing::new([0; REQUEST]);
    client.read_exact(&mut request[..]).ok()?;
    let request = Request::read(&request)?;
    let next = if matches!(request, Request::Stop) { Next::End } else { Next::Listen };
    let mut bytes = Zeroizing::new([0; ANSWER]);
    let mut say = |rest: &[u8; 32]| {
        bytes[0] = 1;
        bytes[1..].copy_from_slice(rest);
    };
    match request {
        Request::Find(commit) => {
            if let Some(key) = vault.find(&commit) {
                say(key.expose());
            }
        }
        Request::Keep(commit, key) => {
            vault.keep(commit, &key);
            say(&[0; 32]);
        }
        Request::Forget | Request::Stop => {
            vault.forget_all();
            say(&[0; 32]);
        }
        Request::Status => {
            let report = Report {
                pid: std::process::id(),
                keys: u32::try_from(vault.len()).unwrap_or(u32::MAX),
                ttl: vault.ttl().as_secs(),
                is_locked: vault.is_locked(),
            };
            say(&report.bytes());
        }
    }
    client.write_all(&bytes[..]).ok()?;
    Some(next)
}
