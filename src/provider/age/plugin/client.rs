//! The client's side of the two conversations with a plugin, recipient-v1 and identity-v1.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use age_core::format::{FileKey, Stanza};
use age_core::secrecy::ExposeSecret;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::Plugin;
use super::message::{Message, send};
use crate::document::escape;
use crate::provider::Prompt;
use crate::provider::waiting::{Input, Lines, ended_before};

/// The most that a plugin may say in one conversation, in bytes.
const MOST: u64 = 1 << 20;

/// The most messages that a plugin may send in one conversation.
const MOST_MESSAGES: usize = 1000;

/// How long a plugin may take to end after the conversation.
const GRACE: Duration = Duration::from_secs(2);

/// After this time somebody who waits is told what for.
const SLOW: Duration = Duration::from_secs(10);

/// Wraps `file_key` for `recipient`.
///
/// # Errors
///
/// Why not, in words.
pub(super) fn wrap(plugin: &Plugin, recipient: &str, file_key: &FileKey) -> Result<Vec<Stanza>, String> {
    let mut talk = Talk::start(plugin, "recipient-v1")?;
    talk.send("add-recipient", &[recipient], &[])?;
    talk.send("wrap-file-key", &[], file_key.expose_secret())?;
    talk.send("extension-labels", &[], &[])?;
    talk.send("done", &[], &[])?;
    let mut stanzas = Vec::new();
    let mut errors = Vec::new();
    loop {
        let message = talk.receive()?;
        match (message.tag.as_str(), message.args.as_slice()) {
            ("done", _) => break,
            ("recipient-stanza", [file, tag, args @ ..]) if file == "0" => {
                stanzas.push(Stanza { tag: tag.clone(), args: args.to_vec(), body: message.body.to_vec() });
                talk.send("ok", &[], &[])?;
            }
            ("labels", _) => talk.send("ok", &[], &[])?,
            _ => talk.answer(&message, &mut errors)?,
        }
    }
    match errors.into_iter().next() {
        Some(error) => Err(error),
        None if stanzas.is_empty() => Err("it did not wrap the key".to_owned()),
        None => Ok(stanzas),
    }
}

/// Unwraps the file key from `stanzas` with `identity`; `None` when none of them is for it.
///
/// # Errors
///
/// Why not, in words.
pub(super) fn unwrap(plugin: &Plugin, identity: &str, stanzas: &[Stanza]) -> Result<Option<FileKey>, String> {
    let mut talk = Talk::start(plugin, "identity-v1")?;
    talk.send("add-identity", &[identity], &[])?;
    for stanza in stanzas {
        let args: Vec<_> =
            ["0", &stanza.tag].into_iter().chain(stanza.args.iter().map(String::as_str)).collect();
        talk.send("recipient-stanza", &args, &stanza.body)?;
    }
    talk.send("done", &[], &[])?;
    let mut file_key = None;
    let mut errors = Vec::new();
    loop {
        let message = talk.receive()?;
        match (message.tag.as_str(), message.args.as_slice()) {
            ("done", _) => break,
            ("file-key", [file]) if file == "0" && file_key.is_none() => {
                let key = FileKey::try_init_with_mut(|key| {
                    let fits = key.len() == message.body.len();
                    fits.then(|| key.copy_from_slice(&message.body)).ok_or("it gave a key of another length")
                });
                file_key = Some(key?);
                talk.send("ok", &[], &[])?;
            }
            _ => talk.answer(&message, &mut errors)?,
        }
    }
    match (file_key, errors.into_iter().next()) {
        (None, Some(error)) => Err(error),
        (file_key, _) => Ok(file_key),
    }
}

/// A conversation with a running plugin; the plugin ends with it.
struct Talk<'a> {
    plugin: &'a Plugin,
    child: Child,
    input: Option<Input>,
    lines: Lines,
    /// How many messages may still come.
    left: usize,
    deadline: Option<Instant>,
}

impl<'a> Talk<'a> {
    fn start(plugin: &'a Plugin, machine: &str) -> Result<Self, String> {
        let mut child = Command::new(&plugin.path)
            .arg(format!("--age-plugin={machine}"))
            .env_clear()
            .envs(plugin.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(neutral_folder(&plugin.path))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start it: {error}"))?;
        let input = child.stdin.take().map(Input::of);
        let output = child.stdout.take().ok_or("cannot read what it says")?;
        let deadline = plugin.patience.map(|patience| Instant::now() + patience);
        let lines = Lines::of(output, MOST);
        Ok(Self { plugin, child, input, lines, left: MOST_MESSAGES, deadline })
    }

    fn send(&mut self, tag: &str, args: &[&str], body: &[u8]) -> Result<(), String> {
        let input = self.input.as_mut().ok_or("it is gone")?;
        let mut text = Zeroizing::new(Vec::with_capacity(2 * body.len() + 1024));
        let ended = |_| "it ended before its work was done".to_owned();
        send(&mut *text, tag, args, body).map_err(ended)?;
        match input.write_before(text, self.deadline) {
            Some(outcome) => outcome.map_err(ended),
            None => Err("it did not listen in time".to_owned()),
        }
    }

    fn receive(&mut self) -> Result<Message, String> {
        self.left = self.left.checked_sub(1).ok_or("it does not end what it says")?;
        let Self { plugin, lines, deadline, .. } = self;
        Message::read(|| {
            let line = match deadline {
                Some(deadline) => lines.next_before(*deadline),
                None => lines.next_before(Instant::now() + SLOW).or_else(|| {
                    plugin.prompt.tell(&format!("still waiting for {}", plugin.program));
                    Some(lines.next())
                }),
            };
            match line {
                None => Err("it did not answer in time".to_owned()),
                Some(None) => Err("it ended before its work was done".to_owned()),
                Some(Some(line)) => Ok(line),
            }
        })
    }

    /// Answers what a plugin may say in either conversation.
    fn answer(&mut self, message: &Message, errors: &mut Vec<String>) -> Result<(), String> {
        let prompt = &self.plugin.prompt;
        let text = escape(&message.text());
        let text = format!("{}: {}", self.plugin.program, text.chars().take(1000).collect::<String>());
        let reply = match message.tag.as_str() {
            "error" => {
                errors.push(text);
                Some(Zeroizing::new(Vec::new()))
            }
            "msg" => {
                prompt.tell(&text);
                Some(Zeroizing::new(Vec::new()))
            }
            "request-public" => prompt.line(&text).map(|line| Zeroizing::new(line.into_bytes())),
            "request-secret" => {
                prompt.passphrase(&text).map(|secret| Zeroizing::new(secret.as_bytes().to_vec()))
            }
            "confirm" => {
                return match confirm(prompt.as_ref(), &text, &message.args) {
                    Some(true) => self.send("ok", &["yes"], &[]),
                    Some(false) => self.send("ok", &["no"], &[]),
                    None => self.send("fail", &[], &[]),
                };
            }
            _ => return self.send("unsupported", &[], &[]),
        };
        match reply {
            Some(body) => self.send("ok", &[], &body),
            None => self.send("fail", &[], &[]),
        }
    }
}

/// Asks a question whose answers are named in Base64.
fn confirm(prompt: &dyn Prompt, question: &str, answers: &[String]) -> Option<bool> {
    let decode = |answer: &String| {
        let bytes = BASE64_STANDARD_NO_PAD.decode(answer).ok()?;
        Some(escape(&String::from_utf8_lossy(&bytes)))
    };
    match answers {
        [yes] => prompt.confirm(question, &decode(yes)?, None),
        [yes, no] => prompt.confirm(question, &decode(yes)?, Some(&decode(no)?)),
        _ => None,
    }
}

/// A folder that no repository controls: the root, or where the plugin itself is when there are many roots.
fn neutral_folder(program: &Path) -> &Path {
    if cfg!(windows) { program.parent().unwrap_or(program) } else { Path::new("/") }
}

impl Drop for Talk<'_> {
    fn drop(&mut self) {
        drop(self.input.take());
        let late = self.deadline.is_some_and(|deadline| deadline <= Instant::now());
        let end = Instant::now() + if late { Duration::ZERO } else { GRACE };
        if ended_before(&mut self.child, end).is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
