//! Whatever is done to an encrypted file, a reader who accepts it reads what was sealed.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::meaning::{self, Meaning};
use crate::samples::{SAMPLES, Sample};
use crate::sealed::Counted;
use crate::sealed::{decrypted, open, report, sealed_with, tokens, verdict};
use dekko::document::Cover;

/// An encrypted sample, what it says, and what earlier and later versions say.
struct Target<'s> {
    sample: &'s Sample,
    sealed: Vec<u8>,
    edited: Vec<u8>,
    said: Meaning,
    said_later: Meaning,
}

impl<'s> Target<'s> {
    fn new(sample: &'s Sample) -> Self {
        let (name, format) = (sample.name, sample.format);
        let sealed = sealed_with(format, sample.plain.as_bytes(), &sample.recipe(), 1)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let file = open(format, &sealed).expect("opens");
        let edited = file
            .edit(sample.edited.as_bytes().to_vec(), &mut Counted(2))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let said = |text: &str| {
            said(sample, text.as_bytes()).unwrap_or_else(|| panic!("{name}: the other reader refuses it"))
        };
        Self { sample, sealed, edited, said: said(sample.plain), said_later: said(sample.edited) }
    }

    /// What a reader makes of `bytes`: a class, `same` for accepted with the same meaning, else `OTHER MEANING`.
    fn judge(&self, bytes: &[u8]) -> &'static str {
        self.judge_with(bytes, |said| *said == self.said)
    }

    fn judge_with(&self, bytes: &[u8], is_fine: impl Fn(&Meaning) -> bool) -> &'static str {
        let found = decrypted(self.sample.format, bytes);
        match &found {
            Ok(plain) => match said(self.sample, plain) {
                Some(said) if is_fine(&said) => "same",
                // libyaml reads less than YAML 1.2 allows: tabs before comments, `...` at the start.
                None if self.sample.format == "yaml" => "not read by libyaml",
                _ => "OTHER MEANING",
            },
            Err(_) => verdict(&found),
        }
    }

    /// Whether a text says of every path what this version or the later one says of it, and has no path more often than
    /// both, nor less often.
    fn is_between(&self, said: &Meaning) -> bool {
        let count = |said: &Meaning, path: &str| said.iter().filter(|(found, _)| found == path).count();
        let versions = [&self.said, &self.said_later];
        let is_known = |entry: &(String, String)| versions.iter().any(|said| said.contains(entry));
        let fits = |path: &str| {
            let (own, [a, b]) = (count(said, path), versions.map(|said| count(said, path)));
            a.min(b) <= own && own <= a.max(b)
        };
        said.iter().all(is_known) && versions.iter().all(|said| said.iter().all(|(path, _)| fits(path)))
    }
}

fn said(sample: &Sample, plain: &[u8]) -> Option<Meaning> {
    let said = meaning::of(sample.format, plain)?;
    Some(if sample.cover == Cover::Encrypted { meaning::secrets(said) } else { said })
}

/// Tries `attempts` on every sample, two at a time; each gives the altered file with its name.
fn try_all(
    what: &str,
    least: usize,
    attempts: impl Fn(&Target<'_>, &mut dyn FnMut(&str, &'static str)) + Sync,
) {
    let next = Mutex::new(SAMPLES.iter());
    let all: Mutex<BTreeMap<&str, BTreeMap<&str, usize>>> = Mutex::default();
    let wrong = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some(sample) = next.lock().expect("no panic").next() else { return };
            let target = Target::new(sample);
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            attempts(&target, &mut |shown, verdict| {
                *counts.entry(verdict).or_default() += 1;
                if verdict == "OTHER MEANING" || verdict == "other" {
                    wrong.lock().expect("no panic").push(format!("{}: {shown}: {verdict}", sample.name));
                }
            });
            all.lock().expect("no panic").insert(sample.name, counts);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let mut tried = 0;
    for (name, counts) in all.into_inner().expect("no panic") {
        tried += counts.values().sum::<usize>();
        report(&format!("{what}: {name}: {counts:?}"));
    }
    let wrong = wrong.into_inner().expect("no panic");
    report(&format!("{what}: {tried} tried, {} accepted with another meaning", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong[..wrong.len().min(40)].join("\n"));
    assert!(tried >= least, "only {tried}");
}

#[test]
fn no_flipped_bit_is_accepted_with_another_meaning() {
    try_all("bit flips", 100_000, |target, judged| {
        let mut bytes = target.sealed.clone();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                judged(&format!("byte {at} bit {bit}"), target.judge(&bytes));
                bytes[at] ^= 1 << bit;
            }
        }
    });
}

#[test]
#[ignore = "millions of attempts: `make test-long`"]
fn no_byte_replaced_added_or_dropped_is_accepted_with_another_meaning() {
    try_all("byte edits", 3_000_000, |target, judged| {
        for at in 0..target.sealed.len() {
            let mut bytes = target.sealed.clone();
            for byte in (0..=255).filter(|byte| *byte != target.sealed[at]) {
                bytes[at] = byte;
                judged(&format!("byte {at} is {byte}"), target.judge(&bytes));
            }
            for byte in *b" \t\n\r\"'#;:=-,[]{}&*!|>%@`\\~.0aA_\0" {
                let added = [&target.sealed[..at], &[byte], &target.sealed[at..]].concat();
                judged(&format!("byte {byte} before {at}"), target.judge(&added));
            }
            let dropped = [&target.sealed[..at], &target.sealed[at + 1..]].concat();
            judged(&format!("byte {at} dropped"), target.judge(&dropped));
            judged(&format!("cut at {at}"), target.judge(&target.sealed[..at]));
        }
    });
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

#[test]
fn no_line_can_be_dropped_doubled_moved_swapped_joined_or_shifted() {
    try_all("line edits", 20_000, |target, judged| {
        let lines = lines(&target.sealed);
        let mut attempt = |shown: String, lines: &[&[u8]]| judged(&shown, target.judge(&lines.concat()));
        for at in 0..lines.len() {
            let mut changed = lines.clone();
            let line = changed.remove(at);
            attempt(format!("line {at} dropped"), &changed);
            for to in 0..=changed.len() {
                let mut moved = changed.clone();
                moved.insert(to, line);
                if to != at {
                    attempt(format!("line {at} moved to {to}"), &moved);
                }
                let mut doubled = lines.clone();
                doubled.insert(to, line);
                attempt(format!("line {at} doubled at {to}"), &doubled);
            }
            for other in at + 1..lines.len() {
                let mut swapped = lines.clone();
                swapped.swap(at, other);
                attempt(format!("lines {at} and {other} swapped"), &swapped);
            }
            for (shown, around) in [
                ("joined", ["", ""]),
                ("shifted", [" ", "\n"]),
                ("tabbed", ["\t", "\n"]),
                ("blank behind", ["", " \n"]),
            ] {
                let text =
                    [around[0].as_bytes(), line.strip_suffix(b"\n").unwrap_or(line), around[1].as_bytes()]
                        .concat();
                let mut changed = lines.clone();
                changed[at] = &text;
                attempt(format!("line {at} {shown}"), &changed);
            }
            for extra in [
                "\n",
                "# x\n",
                "; x\n",
                "  # x\n",
                "x\n",
                "---\n",
                "s_x: 1\n",
                "s_x = 1\n",
                "S_X=1\n",
                "\"s_x\": 1,\n",
                "[x]\n",
                "#dekko x=y\n",
            ] {
                let mut changed = lines.clone();
                changed.insert(at, extra.as_bytes());
                attempt(format!("{extra:?} before line {at}"), &changed);
            }
            attempt(format!("cut before line {at}"), &lines[..at]);
            attempt(format!("cut up to line {at}"), &lines[at + 1..]);
        }
    });
}

#[test]
fn no_token_can_be_put_in_the_place_of_another() {
    let strangers = |sample: &Sample| {
        // The same recipients and recipe, the same data key even: another file.
        let other = sealed_with(sample.format, sample.plain.as_bytes(), &sample.recipe(), 99).expect("seals");
        tokens(&other)
    };
    try_all("token edits", 1_500, |target, judged| {
        let text = String::from_utf8_lossy(&target.sealed).into_owned();
        if target.sample.format == "binary" {
            return;
        }
        let own = tokens(&target.sealed);
        let mut others: Vec<String> = own.clone();
        others.extend(strangers(target.sample));
        for (at, token) in own.iter().enumerate() {
            for (number, other) in others.iter().enumerate().filter(|(number, _)| *number != at) {
                judged(
                    &format!("token {at} by {number}"),
                    target.judge(text.replace(token, other).as_bytes()),
                );
            }
            let (value, link) = token.rsplit_once('.').expect("a token");
            for (number, other) in others.iter().enumerate().filter(|(number, _)| *number != at) {
                let (other_value, other_link) = other.rsplit_once('.').expect("a token");
                for (shown, mixed) in
                    [("value", format!("{other_value}.{link}")), ("link", format!("{value}.{other_link}"))]
                {
                    judged(
                        &format!("{shown} of token {at} by {number}"),
                        target.judge(text.replace(token, &mixed).as_bytes()),
                    );
                }
            }
            for (from, to) in own.iter().enumerate().filter(|(number, _)| *number > at) {
                let swapped = text.replace(token, "\0").replace(to, token).replace('\0', to);
                judged(&format!("tokens {at} and {from} swapped"), target.judge(swapped.as_bytes()));
            }
            for (shown, changed) in [
                ("dropped", String::new()),
                ("doubled", format!("{token}{token}")),
                ("cut", token[..token.len() - 1].to_owned()),
                ("padded", format!("{token}=")),
                ("in upper case", token.to_uppercase()),
                ("behind a blank", format!("  {token} ")),
                ("in quotes", format!("\"{token}\"")),
                ("in single quotes", format!("'{token}'")),
                ("with text behind", format!("{token} x")),
                ("with text in front", format!("x {token}")),
                ("with a tag", format!("!t {token}")),
                ("with an anchor", format!("&t {token}")),
                ("in a list", format!("[{token}]")),
                ("as plain text", "one".to_owned()),
                ("as nothing", "null".to_owned()),
            ] {
                judged(
                    &format!("token {at} {shown}"),
                    target.judge(text.replace(token, &changed).as_bytes()),
                );
            }
        }
    });
}

/// A line of another version of the file may come back where it says what a key holder sealed there once (section 11 of
/// the format: that is a replay, which history shows); a mixture that no one sealed may not.
#[test]
fn lines_of_two_versions_make_no_third_one() {
    try_all("splices", 3_000, |target, judged| {
        let (old, new) = (lines(&target.sealed), lines(&target.edited));
        let mut attempt = |shown: String, lines: &[&[u8]]| {
            judged(&shown, target.judge_with(&lines.concat(), |said| target.is_between(said)));
        };
        for (from, line) in old.iter().enumerate() {
            for to in 0..new.len() {
                let mut changed = new.clone();
                changed[to] = line;
                attempt(format!("old line {from} for new line {to}"), &changed);
                changed = new.clone();
                changed.insert(to, line);
                attempt(format!("old line {from} before new line {to}"), &changed);
            }
        }
        for cut in 0..old.len() {
            for join in 0..new.len() {
                let halves: Vec<&[u8]> = old[..cut].iter().chain(&new[join..]).copied().collect();
                attempt(format!("old lines to {cut}, new ones from {join}"), &halves);
                let halves: Vec<&[u8]> = new[..join].iter().chain(&old[cut..]).copied().collect();
                attempt(format!("new lines to {join}, old ones from {cut}"), &halves);
            }
        }
    });
}
