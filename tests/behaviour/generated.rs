//! What is generated from the commands is as current as they are; `make bless` writes it anew.

use std::fs;
use std::path::Path;

use crate::desk::Desk;

/// Compares the generated `text` with the file at `path` below the top of the repository, or writes it there.
fn check(path: &str, text: &[u8]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("DEKKO_BLESS").is_some() {
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, text).expect(path);
    }
    let found = fs::read(&file).unwrap_or_default();
    assert!(found == text, "'{path}' is not current; run: make bless");
}

/// Compares the generated `text` with what stands between the comments `<!-- name -->` and `<!-- /name -->` of the page at
/// `path`, or writes it there.
pub fn check_part(path: &str, name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let page = fs::read_to_string(&file).expect(path);
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = page.find(&start).expect("the part begins") + start.len();
    let to = page.find(&end).expect("the part ends");
    if std::env::var_os("DEKKO_BLESS").is_some() {
        fs::write(&file, format!("{}\n{text}\n{}", &page[..from], &page[to..])).expect(path);
        return;
    }
    assert!(page[from..to].trim() == text.trim(), "'{path}' is not current; run: make bless");
}

#[test]
fn the_completions_are_current() {
    let desk = Desk::bare();
    for (shell, name) in [
        ("bash", "dekko.bash"),
        ("elvish", "dekko.elv"),
        ("fish", "dekko.fish"),
        ("powershell", "_dekko.ps1"),
        ("zsh", "_dekko"),
    ] {
        let script = desk.dekko(["completions", shell]).ok().stdout;
        check(&format!("completions/{name}"), &script);
    }
}

#[test]
fn the_manual_is_current() {
    let desk = Desk::bare();
    fs::create_dir(desk.path("man")).expect("a folder");
    desk.dekko(["man", "--dir", "man"]).ok();
    let entries = fs::read_dir(desk.path("man")).expect("a folder");
    let mut pages: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
    pages.sort();
    assert!(pages.len() > 16, "{pages:?}");
    for page in pages {
        let name = page.to_str().expect("UTF-8");
        check(&format!("docs/man/{name}"), &desk.bytes(&format!("man/{name}")));
    }
}

#[test]
fn the_page_of_commands_is_current() {
    let desk = Desk::bare();
    let help = |arguments: &[&str]| desk.dekko(arguments.iter().chain(&["--help"])).ok().out();
    let top = help(&[]);
    let mut page = String::from("# Commands\n\nGenerated from the program's own help by `make bless`.\n");
    page.push_str(&format!("\n## dekko\n\n```text\n{}\n```\n", top.trim_end()));
    for command in commands_in(&top) {
        let text = help(&[&command]);
        page.push_str(&format!("\n## dekko {command}\n\n```text\n{}\n```\n", text.trim_end()));
        for below in commands_in(&text) {
            let text = help(&[&command, &below]);
            page.push_str(&format!("\n### dekko {command} {below}\n\n```text\n{}\n```\n", text.trim_end()));
        }
    }
    check("docs/commands.md", page.as_bytes());
}

/// The names below `Commands:` of a help text.
fn commands_in(help: &str) -> Vec<String> {
    let lines =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
