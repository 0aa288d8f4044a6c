//! Speaking to people: data goes to standard output, all else to standard error after `dekko: `.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::hints::{hints, instead};
use super::options::{Globals, When};
use crate::document::{escape, is_unsafe_on_a_terminal};
use crate::environment::Environment;
use crate::error::{Error, Result};

/// What failed when standard output could not be written.
const STDOUT: &str = "write to standard output";

/// The status of a program that a closed pipe ended: 128 and the number of SIGPIPE.
const CLOSED_PIPE: u8 = 141;

/// The exit status of a command that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status(pub u8);

impl Status {
    /// It is done.
    pub const DONE: Self = Self(0);
    /// The answer is no.
    pub const NO: Self = Self(1);
    /// A file was altered.
    pub const ALTERED: Self = Self(5);

    /// Of two, the one that a retry helps less with: 5, 2, 3, 4, 7, 6, 1, 0. Several files end in the worst of theirs.
    #[must_use]
    pub fn or_worse(self, other: Self) -> Self {
        let rank = |status: Self| [5, 2, 3, 4, 7, 6, 1, 0].iter().position(|&known| known == status.0);
        if rank(other) < rank(self) { other } else { self }
    }
}

/// Where messages go, and how they look.
pub(super) struct Ui {
    is_coloured: bool,
    is_quiet: bool,
    /// Recipients of the user, once they were looked for.
    own: OnceCell<Vec<String>>,
}

/// The kinds of messages.
#[derive(Clone, Copy)]
enum Kind {
    Error,
    Cause,
    Warning,
    Hint,
}

impl Kind {
    /// Its word, and its colour (ECMA-48 SGR).
    fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Error => ("error: ", "1;31"),
            Self::Cause => ("caused by: ", "31"),
            Self::Warning => ("warning: ", "1;33"),
            Self::Hint => ("hint: ", "36"),
        }
    }
}

impl Ui {
    /// The messages of a command with the options `globals`.
    pub fn new(globals: &Globals, environment: &Environment) -> Self {
        let is_coloured = match globals.color {
            When::Always => true,
            When::Never => false,
            When::Auto => is_colour_wanted(environment) && io::stderr().is_terminal(),
        };
        Self { is_coloured, is_quiet: globals.quiet, own: OnceCell::new() }
    }

    /// The messages before any option is known.
    pub fn of(environment: &Environment) -> Self {
        let is_coloured = is_colour_wanted(environment) && io::stderr().is_terminal();
        Self { is_coloured, is_quiet: false, own: OnceCell::new() }
    }

    /// Takes note of the user's own recipients, for hints; the first word holds.
    pub fn know_own(&self, recipients: Vec<String>) {
        let _ = self.own.set(recipients);
    }

    /// Whether notes are not wanted.
    pub fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// Reports what `error` says and what to do about it, and gives the exit status.
    pub fn fail(&self, error: &Error) -> u8 {
        if is_closed_pipe(error) {
            return CLOSED_PIPE;
        }
        self.error(error);
        error.status()
    }

    /// Reports `error` and goes on.
    pub fn error(&self, error: &Error) {
        self.say(Kind::Error, &error.to_string());
        if let Error::NoIdentity { attempts, .. } = error.bare() {
            for attempt in attempts {
                self.say(Kind::Cause, &format!("{}: {}", attempt.source, attempt.reason));
            }
        }
        for hint in hints(error, self.own.get().map_or(&[][..], Vec::as_slice)) {
            self.say(Kind::Hint, &hint);
        }
    }

    /// Reports what clap makes of the arguments: help and version to standard output, all else as a usage error.
    pub fn usage(&self, error: &clap::Error) -> u8 {
        let text = error.render();
        if !error.use_stderr() {
            let is_coloured = self.is_coloured && io::stdout().is_terminal();
            let text = if is_coloured { text.ansi().to_string() } else { text.to_string() };
            return match self.data(text.as_bytes()) {
                Ok(()) => Status::DONE.0,
                Err(error) => self.fail(&error),
            };
        }
        let meant = guess(error);
        let text = without_values(error, text.to_string());
        match text.strip_prefix("error: ") {
            Some(text) => {
                let mut lines = text.lines().map(escape);
                self.say(Kind::Error, &lines.next().unwrap_or_default());
                write_to_stderr(&lines.fold(String::new(), |text, line| text + &line + "\n"));
            }
            None => write_to_stderr(&text),
        }
        if let Some(meant) = meant {
            self.hint(meant);
        }
        2
    }

    /// Says that the answer is no.
    pub fn found(&self, text: &str) {
        self.say(Kind::Error, text);
    }

    /// Warns of something that was done all the same.
    pub fn warn(&self, text: &str) {
        self.say(Kind::Warning, text);
    }

    /// Says what to do next.
    pub fn hint(&self, text: &str) {
        if !self.is_quiet {
            self.say(Kind::Hint, text);
        }
    }

    /// Says what was done, where silence would worry.
    pub fn note(&self, text: &str) {
        if !self.is_quiet {
            self.disclose(text);
        }
    }

    /// Says what was done where a stranger had a say in it: also to who wants no notes.
    pub fn disclose(&self, text: &str) {
        write_to_stderr(&format!("dekko: {}\n", one_line(text)));
    }

    fn say(&self, kind: Kind, text: &str) {
        let (label, colour) = kind.label();
        let label = if self.is_coloured { format!("\x1b[{colour}m{label}\x1b[0m") } else { label.to_owned() };
        write_to_stderr(&format!("dekko: {label}{}\n", one_line(text)));
    }

    /// Writes `bytes` to standard output as they are, all of them.
    ///
    /// # Errors
    /// [`Error::Io`]; a closed pipe, too.
    pub fn data(&self, bytes: &[u8]) -> Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|source| Error::Io { action: STDOUT, source })
    }

    /// Writes `value` as JSON to standard output; what does not show in a text is escaped.
    ///
    /// # Errors
    /// As [`Ui::data`].
    pub fn json(&self, value: &serde_json::Value) -> Result<()> {
        self.content(visible_json(&format!("{value:#}\n")).as_bytes())
    }

    /// Writes `bytes` to standard output; on a terminal what it could act on is shown as escapes.
    ///
    /// # Errors
    /// As [`Ui::data`].
    pub fn content(&self, bytes: &[u8]) -> Result<()> {
        if io::stdout().is_terminal() { self.data(shown(bytes).as_bytes()) } else { self.data(bytes) }
    }
}

/// What the user may have meant who gave a word to dekko that is none of its commands or options.
fn guess(error: &clap::Error) -> Option<&'static str> {
    let word =
        [ContextKind::InvalidSubcommand, ContextKind::InvalidArg].into_iter().find_map(|kind| match error
            .get(kind)
        {
            Some(ContextValue::String(word)) => Some(word.as_str()),
            _ => None,
        })?;
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    instead(usage.trim_start_matches("Usage: "), word)
}

/// `text` of `error` without an argument that may be a part of a secret value: one too many, because the shell split it,
/// also one that begins like an option where a value is given.
fn without_values(error: &clap::Error, text: String) -> String {
    let takes_value = text.contains("Usage: dekko set ");
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word),
        _ => None,
    };
    let unknown = context(ContextKind::InvalidArg)
        .filter(|word| error.kind() == ErrorKind::UnknownArgument && (takes_value || !word.starts_with('-')));
    let is_typing_error = error.get(ContextKind::SuggestedArg).is_some();
    let surplus = context(ContextKind::InvalidValue).filter(|_| takes_value);
    let without = |unwanted: &dyn Fn(&str) -> bool| {
        let lines = text.lines().filter(|line| !unwanted(line.trim_start()));
        lines.fold(String::new(), |text, line| text + line + "\n")
    };
    match unknown.filter(|_| !is_typing_error).or(surplus) {
        Some(word) if text.contains(&format!("'{word}'")) => without(&|line| line.starts_with("tip: "))
            .replace(
                &format!("unexpected argument '{word}' found"),
                "one too many arguments; values with spaces need quotes",
            )
            .replace(&format!("'{word}'"), "(not shown)"),
        // Nobody who mistypes an option means a file of that name.
        _ => without(&|line| line.starts_with("tip: to pass '")),
    }
}

/// Whether `error` only says that nobody reads our output any more.
fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { action: STDOUT, source } if source.kind() == io::ErrorKind::BrokenPipe)
}

fn is_colour_wanted(environment: &Environment) -> bool {
    environment.var("NO_COLOR").is_none() && environment.text("TERM").is_none_or(|term| term != "dumb")
}

/// When not even standard error can be written there is nobody left to tell.
fn write_to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// `text` without anything that a terminal could act on; most of it is escaped already, where it was made.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.chars().any(|c| is_unsafe_on_a_terminal(c) || c == '\n') {
        escape(text).into()
    } else {
        text.into()
    }
}

/// `bytes` as a terminal can show them: lines stay lines, what it could act on and what is no UTF-8 become escapes.
fn shown(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid().chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\r' if rest.peek() == Some(&'\n') => out.push(c),
                c if is_unsafe_on_a_terminal(c) => out.push_str(&escape(c.encode_utf8(&mut [0; 4]))),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            write!(out, "\\x{byte:02x}").expect("a String takes everything");
        }
    }
    out
}

/// `json` with every character that does not show, or that changes how others show, as `\uXXXX` (RFC 8259, section 7).
/// Outside of strings there is none but the line feed.
fn visible_json(json: &str) -> Cow<'_, str> {
    if !json.chars().any(is_invisible) {
        return json.into();
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_invisible(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("a String takes everything");
            }
        } else {
            out.push(c);
        }
    }
    out.into()
}

/// Whether `c` leaves no mark of its own: DEL and C1, the separators of lines, and what Unicode calls format characters or
/// ignorable by default (DerivedCoreProperties.txt, `Default_Ignorable_Code_Point`; UnicodeData.txt, category `Cf`).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_lines_and_no_controls() {
        let shown = shown(b"a: 1\r\n\tb\x1b]52;c;x\x07\xff\n");
        assert_eq!(shown, "a: 1\r\n\tb\\x1b]52;c;x\\x07\\xff\n");
    }

    #[test]
    fn json_shows_every_character_and_says_the_same() {
        let text = "a\u{7f}\u{9b}31m\u{202e}\u{200b}\u{2028}\u{feff}\u{e0041}\u{1b}é\n日本🔑";
        let value = serde_json::json!({ text: [text] });
        let json = format!("{value:#}\n");
        let shown = visible_json(&json);
        assert!(shown.chars().all(|c| c == '\n' || (!c.is_control() && !is_invisible(c))), "{shown}");
        assert!(
            shown.contains(r"a\u007f\u009b31m\u202e\u200b\u2028\ufeff\udb40\udc41\u001bé\n日本🔑"),
            "{shown}"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"), value);
        assert!(matches!(visible_json("{}"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_worst_status_is_the_one_that_a_retry_helps_least_with() {
        let all = [0, 1, 6, 7, 4, 3, 2, 5].map(Status);
        for pair in all.windows(2) {
            assert_eq!(pair[0].or_worse(pair[1]), pair[1]);
            assert_eq!(pair[1].or_worse(pair[0]), pair[1]);
        }
    }
}
