//! The person at the terminal: asked there and nowhere else, whatever standard input and output are.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};

use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::provider::Prompt;

/// The terminal that the process belongs to.
pub(super) struct Terminal {
    is_allowed: bool,
}

impl Terminal {
    /// The terminal, unless `DEKKO_NO_PROMPT` is set: then nobody is there.
    pub fn new(environment: &Environment) -> Self {
        Self { is_allowed: environment.var("DEKKO_NO_PROMPT").is_none() }
    }

    fn open(&self) -> Option<(File, File)> {
        if !self.is_allowed {
            return None;
        }
        let (read, write) = if cfg!(windows) { ("CONIN$", "CONOUT$") } else { ("/dev/tty", "/dev/tty") };
        let open = |path| OpenOptions::new().read(true).write(true).open(path);
        Some((open(read).ok()?, open(write).ok()?))
    }

    fn ask(&self, question: &str) -> io::Result<Option<String>> {
        let Some((read, mut write)) = self.open() else { return Ok(None) };
        write.write_all(question.as_bytes())?;
        write.flush()?;
        let mut line = String::new();
        let count = BufReader::new(read).read_line(&mut line)?;
        Ok((count > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
    }
}

impl Prompt for Terminal {
    fn is_present(&self) -> bool {
        self.open().is_some()
    }

    fn tell(&self, message: &str) {
        if let Some((_, mut write)) = self.open() {
            // A person who cannot be told cannot be asked either, and that is noticed then.
            let _ = writeln!(write, "dekko: {message}");
        }
    }

    fn passphrase(&self, question: &str) -> Option<Zeroizing<String>> {
        self.open()?;
        rpassword::prompt_password(format!("dekko: {question}: ")).ok().map(Zeroizing::new)
    }

    fn line(&self, question: &str) -> Option<String> {
        self.ask(&format!("dekko: {question}: ")).ok().flatten()
    }

    fn confirm(&self, question: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        let choices = no.map_or_else(|| format!("[{yes}]"), |no| format!("[{yes}/{no}]"));
        let answer = self.ask(&format!("dekko: {question} {choices} ")).ok().flatten()?;
        let answer = answer.trim();
        let is_yes = answer.eq_ignore_ascii_case(yes) || (answer.eq_ignore_ascii_case("y") && yes == "yes");
        Some(is_yes || (no.is_none() && answer.is_empty()))
    }
}
