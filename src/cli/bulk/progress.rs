//! How far a run is: a bar on a terminal, a line for each file elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::super::context::Context;
use crate::rotation::{Plan, Planned};

/// How often the bar is drawn anew at most.
const EVERY: Duration = Duration::from_millis(50);

/// The width of the bar in characters.
const WIDTH: usize = 30;

/// How far a run is.
pub(super) struct Progress<'c> {
    context: &'c Context,
    whole: usize,
    done: usize,
    /// When the bar was drawn last; `None` where lines are written.
    drawn: Option<Instant>,
}

impl<'c> Progress<'c> {
    /// The progress of the run that does what `plan` says.
    pub(super) fn of(context: &'c Context, plan: &Plan) -> Self {
        let whole = plan.files.iter().filter(|planned| Planned::is_change(planned)).count();
        let is_bar = whole > 1 && io::stderr().is_terminal() && !context.ui.is_quiet();
        let drawn = is_bar.then(|| Instant::now().checked_sub(EVERY).unwrap_or_else(Instant::now));
        Self { context, whole, done: 0, drawn }
    }

    /// A file is done; `line` says how, when there is something to say.
    pub(super) fn tell(&mut self, line: impl FnOnce() -> Option<String>) {
        self.done += 1;
        match self.drawn {
            None => {
                if let Some(line) = line() {
                    self.context.ui.note(&line);
                }
            }
            Some(drawn) if drawn.elapsed() < EVERY && self.done < self.whole => {}
            Some(_) => {
                self.drawn = Some(Instant::now());
                let _ = write!(io::stderr().lock(), "\r{}", bar(self.done, self.whole));
            }
        }
    }

    /// The bar goes.
    pub(super) fn end(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}

/// The bar when `done` of `whole` files are done.
fn bar(done: usize, whole: usize) -> String {
    let full = (WIDTH * done).checked_div(whole).unwrap_or(WIDTH).min(WIDTH);
    format!("dekko: [{}{}] {done} of {whole} files", "=".repeat(full), " ".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_fills_as_files_are_done() {
        assert_eq!(bar(0, 4), format!("dekko: [{}] 0 of 4 files", " ".repeat(30)));
        assert!(bar(2, 4).contains(&format!("[{}{}]", "=".repeat(15), " ".repeat(15))));
        assert!(bar(4, 4).contains(&"=".repeat(30)) && bar(0, 0).contains("0 of 0"));
    }
}
