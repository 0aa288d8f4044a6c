//! The README and the pages of `docs/` are run: every command in them, in order, at a desk of its own for each page.
//!
//! A fence of `console` holds commands after `$ ` (continued after `> `) and what they print. `...` stands for any text within a
//! line, `…` for that and the word before it (`enc1.p6nZ…`), a line `...` for any lines. `<!-- file: NAME -->` before a fence of any kind makes it a file that lies there,
//! `<!-- run: command -->` does what readers are told to do by hand, and `<!-- skip: reason -->` leaves a fence out. A command may fail only if the next one is `echo $?`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::desk::Desk;

/// How many fences may be left out of all pages together.
const SKIPPED: usize = 5;

/// Stands in the output between two commands.
const MARK: char = '\u{1e}';

enum Step {
    Command { line: usize, text: String, expected: Vec<String> },
    File { name: String, text: String },
}

/// What is to be done for a page, and how many of its fences are left out.
fn steps(page: &str) -> (Vec<Step>, usize) {
    let (mut steps, mut skipped, mut before) = (Vec::new(), 0, "");
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            before = if line.is_empty() { before } else { line };
            if let Some(text) = line.strip_prefix("<!-- run: ").and_then(|rest| rest.strip_suffix(" -->")) {
                let (text, expected) = (text.to_owned(), vec!["...".to_owned()]);
                steps.push(Step::Command { line: number + 1, text, expected });
            }
            continue;
        };
        let fence: Vec<(usize, &str)> = lines.by_ref().take_while(|(_, line)| *line != "```").collect();
        let note = |name: &str| before.strip_prefix(name)?.strip_suffix(" -->").map(str::to_owned);
        if let Some(reason) = note("<!-- skip: ") {
            assert!(reason.len() > 5, "no reason: {before}");
            skipped += 1;
        } else if let Some(name) = note("<!-- file: ") {
            let text = fence.iter().map(|(_, line)| format!("{line}\n")).collect();
            steps.push(Step::File { name, text });
        } else if kind == "console" {
            for (number, line) in fence {
                match (line.strip_prefix("$ "), line.strip_prefix("> "), steps.last_mut()) {
                    (Some(text), ..) => {
                        steps.push(Step::Command {
                            line: number + 1,
                            text: text.to_owned(),
                            expected: Vec::new(),
                        });
                    }
                    (_, Some(more), Some(Step::Command { text, expected, .. })) if expected.is_empty() => {
                        write!(text, "\n{more}").expect("memory");
                    }
                    (_, _, Some(Step::Command { expected, .. })) => expected.push(line.to_owned()),
                    _ => panic!("line {}: a fence of console begins with a command", number + 1),
                }
            }
        }
        before = "";
    }
    (steps, skipped)
}

/// One shell script that does all `steps`, and marks where each command ends.
fn script(steps: &[Step]) -> String {
    let mut script = "exec 2>&1\n".to_owned();
    for step in steps {
        match step {
            Step::Command { text, .. } => writeln!(
                script,
                "{text}\ndocs_status=$?; printf '\\036%d\\036\\n' $docs_status; (exit $docs_status)"
            ),
            Step::File { name, text } => {
                writeln!(
                    script,
                    "mkdir -p \"$(dirname '{name}')\"\ncat >'{name}' <<'END-OF-FILE'\n{text}END-OF-FILE"
                )
            }
        }
        .expect("memory");
    }
    script + "exit 0\n"
}

/// Whether `line` is as `pattern` says.
fn fits(pattern: &str, line: &str) -> bool {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let mut parts: Vec<&str> = pattern.split('…').collect();
    let last = parts.pop().unwrap_or_default();
    let words = parts.into_iter().map(|part| part.trim_end_matches(is_of_word));
    let parts: Vec<&str> = words.chain([last]).flat_map(|part| part.split("...")).collect();
    let [first, middle @ .., last] = parts.as_slice() else { return line == pattern };
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Whether `lines` are as `patterns` say.
fn all_fit(patterns: &[String], lines: &[&str]) -> bool {
    match patterns.split_first() {
        None => lines.is_empty(),
        Some((any, after)) if any == "..." => (0..=lines.len()).any(|n| all_fit(after, &lines[n..])),
        Some((pattern, after)) => lines
            .split_first()
            .is_some_and(|(line, lines)| fits(pattern, line.trim_end()) && all_fit(after, lines)),
    }
}

/// Runs a page, and gives what is not as it says.
fn wrong(name: &str, steps: &[Step]) -> Vec<String> {
    let desk = Desk::bare();
    fs::write(desk.home().join("script"), script(steps)).expect("a script");
    let mut shell = desk.program("sh");
    let bin = Path::new(env!("CARGO_BIN_EXE_dekko")).parent().expect("a folder");
    let mut path = vec![bin.to_owned()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    shell.env("PATH", std::env::join_paths(path).expect("a PATH")).arg(desk.home().join("script"));
    for role in ["AUTHOR", "COMMITTER"] {
        shell.env(format!("GIT_{role}_NAME"), "You").env(format!("GIT_{role}_EMAIL"), "you@example.org");
    }
    // So that `init` calls the reader of the pages `you`.
    shell.env("USER", "you");
    let mut out = desk.run(shell, b"").ends(0).out();
    for (folder, shown) in [(desk.home(), "/home/you"), (desk.work(), "/home/you/shop")] {
        let real = fs::canonicalize(&folder).expect("a folder");
        out = out.replace(&*real.to_string_lossy(), shown).replace(&*folder.to_string_lossy(), shown);
    }
    let mut parts = out.split(MARK);
    let mut wrong = Vec::new();
    let mut commands = steps.iter().filter_map(|step| match step {
        Step::Command { line, text, expected } => Some((line, text, expected)),
        Step::File { .. } => None,
    });
    let mut next = commands.next();
    while let Some((line, text, expected)) = next {
        next = commands.next();
        let (Some(printed), Some(status)) = (parts.next(), parts.next()) else {
            wrong.push(format!("{name}:{line}: the shell ended before: {text}"));
            break;
        };
        let printed: Vec<&str> = printed.strip_prefix('\n').unwrap_or(printed).lines().collect();
        let is_status_shown = next.is_some_and(|(_, text, _)| text == "echo $?");
        if !all_fit(expected, &printed) {
            wrong.push(format!("{name}:{line}: $ {text}\n{}\n", printed.join("\n")));
        } else if status != "0" && !is_status_shown {
            wrong.push(format!(
                "{name}:{line}: $ {text}\nends with status {status}, and the page does not say so"
            ));
        }
    }
    wrong
}

/// The pages, by their path below the top of the repository.
fn pages() -> Vec<(String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(root.join("docs")).expect("docs").map(|entry| entry.expect("an entry"));
    let mut names: Vec<String> =
        entries.map(|entry| format!("docs/{}", entry.file_name().to_string_lossy())).collect();
    names.retain(|name| name.ends_with(".md"));
    names.sort();
    for name in ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] {
        names.push(name.to_owned());
    }
    let read = |name: String| (fs::read_to_string(root.join(&name)).expect(&name), name);
    names.into_iter().map(read).map(|(text, name)| (name, text)).collect()
}

#[test]
fn every_command_on_the_pages_prints_what_they_say() {
    let (mut all, mut left_out, mut found) = (0, 0, Vec::new());
    for (name, page) in pages() {
        let (steps, skipped) = steps(&page);
        all += steps.iter().filter(|step| matches!(step, Step::Command { .. })).count();
        left_out += skipped;
        if !steps.is_empty() {
            found.extend(wrong(&name, &steps));
        }
    }
    assert!(found.is_empty(), "not as the pages say; printed was:\n\n{}", found.join("\n"));
    assert!(all >= 60, "only {all} commands are run");
    assert!(left_out <= SKIPPED, "{left_out} fences are left out");
}

#[test]
fn commands_on_the_pages_stand_in_fences_that_are_run() {
    for (name, page) in pages() {
        let mut before = "";
        for (number, line) in page.lines().enumerate() {
            let is_shell = ["```sh", "```bash", "```shell"].contains(&line);
            let is_file = before.starts_with("<!-- file: ");
            assert!(!is_shell || is_file, "{name}:{}: write ```console", number + 1);
            before = line;
        }
    }
}

#[test]
fn every_link_on_the_pages_leads_somewhere() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let pages = pages();
    let mut wrong = Vec::new();
    for (name, page) in &pages {
        let links = page.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link));
        for link in links.filter(|link| !link.starts_with("http")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = root.join(name);
            let target = if file.is_empty() { path } else { path.with_file_name("").join(file) };
            let is_there = fs::read_to_string(&target)
                .map_or_else(|_| target.is_dir() && anchor.is_empty(), |text| has_heading(&text, anchor));
            if !is_there {
                wrong.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these links lead nowhere: {wrong:#?}");
}

/// Whether `page` has the heading that `anchor` names, as GitHub names them.
fn has_heading(page: &str, anchor: &str) -> bool {
    let slug = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        title.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect::<String>()
    };
    anchor.is_empty() || page.lines().any(|line| line.starts_with('#') && slug(line) == anchor)
}

#[test]
fn a_wrong_page_is_found_out() {
    let found = |page: &str| wrong("page", &steps(page).0).len();
    assert_eq!(
        found(
            "```console\n$ echo 'a b.c d'\na x….c ...\n$ printf 'a\\nb\\nc\\n'\n...\nc\n$ false\n$ echo $?\n1\n```\n"
        ),
        0
    );
    assert_eq!(
        found("<!-- file: d/x -->\n```yaml\na: 1\n```\n\n```console\n$ cat \\\n> d/x\na: 1\n```\n"),
        0
    );
    assert_eq!(found("```console\n$ echo a\nb\n```\n"), 1);
    assert_eq!(found("```console\n$ echo a\n```\n"), 1);
    assert_eq!(found("```console\n$ false\n```\n"), 1);
    assert_eq!(found("```console\n$ exit 0\n```\n"), 1);
    assert_eq!(steps("<!-- skip: no cluster here -->\n```console\n$ false\n```\n").1, 1);
}
