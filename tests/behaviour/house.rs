//! The house keeps its own rules: floors, sizes, the commands that the documentation names, pinned actions.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the library by floor, from the ground. A module imports only from floors below its own.
const FLOORS: &[&[&str]] = &[
    &["environment", "error"],
    &["document"],
    &["format", "crypto"],
    &["envelope", "merge", "policy"],
    &["provider", "fs"],
    &["agent", "config", "file"],
    &["git", "scan", "rotation", "audit", "export"],
    &["cli"],
];

/// The most lines of a file in `src`.
const LONGEST: usize = 400;

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file below `src`, as its module path (`["config", "glob"]`, empty for the two roots) and its text.
fn sources() -> Vec<(PathBuf, Vec<String>, String)> {
    let mut folders = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src can be listed") {
            let path = entry.expect("src can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(root().join("src")).expect("below src").with_extension("");
                let mut module: Vec<String> =
                    below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
                    module.pop();
                }
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                found.push((below.with_extension("rs"), module, text));
            }
        }
    }
    assert!(found.len() > 10, "the sources were not found");
    found.sort();
    found
}

/// The top-level modules that `source` names after `crate::`, groups in braces opened.
fn named_modules(source: &str) -> BTreeSet<String> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut names = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &code[at + found.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        names.extend(first_word(&item));
                        item.clear();
                        continue;
                    }
                    _ => {}
                }
                item.push(c);
            }
            names.extend(first_word(&item));
        } else {
            names.extend(first_word(rest));
        }
    }
    names
}

fn first_word(text: &str) -> Option<String> {
    let word: String =
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '*').collect();
    (!word.is_empty()).then_some(word)
}

/// The lines of `source`, a file of a module `depth` modules deep, on which `super::` leads to the crate's root.
fn lines_that_leave(source: &str, depth: usize) -> Vec<usize> {
    let mut inline: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if code.is_empty() || code.starts_with("//") {
            continue;
        }
        if code.starts_with('}') && inline.last() == Some(&indent) {
            inline.pop();
        }
        let longest = code
            .match_indices("super::")
            .map(|(at, _)| code[at..].split("super::").take_while(|part| part.is_empty()).count())
            .max();
        if longest.unwrap_or(0) >= depth + inline.len() && longest.is_some() {
            found.push(number + 1);
        }
        let is_module = code.starts_with("mod ") || code.starts_with("pub mod ");
        if is_module && code.ends_with('{') {
            inline.push(indent);
        }
    }
    found
}

/// What is wrong with the imports of `source`, a file of the top-level module `module`.
fn climbs(module: &str, source: &str) -> Vec<String> {
    let Some(own) = floor_of(module) else { return vec![format!("'{module}' has no floor")] };
    let wrong = |name: String| match floor_of(&name) {
        _ if name == module => None,
        None => Some(format!("'{module}' imports 'crate::{name}', which has no floor")),
        Some(floor) if floor >= own => {
            Some(format!("'{module}' (floor {own}) climbs to '{name}' (floor {floor})"))
        }
        Some(_) => None,
    };
    named_modules(source).into_iter().filter_map(wrong).collect()
}

#[test]
fn a_module_imports_only_from_floors_below_its_own() {
    let mut wrong = Vec::new();
    for (path, module, source) in sources() {
        let Some(top) = module.first() else { continue };
        let path = path.display();
        wrong.extend(climbs(top, &source).into_iter().map(|what| format!("{path}: {what}")));
        wrong.extend(
            lines_that_leave(&source, module.len())
                .into_iter()
                .map(|line| format!("{path}:{line}: 'super' leads out of '{top}'; write 'crate::…'")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn climbs_are_seen_in_every_way_to_write_them() {
    for (module, source) in [
        ("document", "use crate::format::Format;\n"),
        ("document", "use crate::{error::Error, file::{encrypt, decrypt}};\n"),
        ("document", "use crate::{\n    error::Error,\n    cli,\n};\n"),
        ("document", "fn f() -> crate::policy::Policy { todo!() }\n"),
        ("crypto", "pub use crate::format::of;\n"),
        ("error", "use crate::document::escape;\n"),
        ("error", "use crate::*;\n"),
        ("error", "use crate::Unknown;\n"),
        ("basement", ""),
    ] {
        assert_eq!(climbs(module, source).len(), 1, "{module}: {source}");
    }
    for source in
        ["use crate::error::Error;", "//! [`crate::cli`]\n", "use crate::document::Span;", "mycrate::cli"]
    {
        assert!(climbs("document", source).is_empty(), "{source}");
    }
    assert_eq!(lines_that_leave("use super::glob;\nuse super::super::cli;\n", 2), [2]);
    assert_eq!(
        lines_that_leave("use super::cli;\nmod tests {\n    use super::*;\n}\nuse super::x;\n", 1),
        [1, 5]
    );
}

#[test]
fn the_library_lists_its_modules_in_the_order_of_their_floors() {
    let listed: Vec<String> = text("src/lib.rs")
        .lines()
        .filter_map(|line| {
            line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)
        })
        .collect();
    assert!(listed.contains(&"error".to_owned()), "no modules found in src/lib.rs");
    let floors: Vec<usize> = listed
        .iter()
        .map(|module| floor_of(module).unwrap_or_else(|| panic!("'{module}' has no floor")))
        .collect();
    assert!(floors.is_sorted(), "{listed:?} stand on floors {floors:?}");
}

#[test]
fn no_source_file_is_longer_than_400_lines() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(path, _, source)| (path, source.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn names_say_what_a_thing_is() {
    let mut wrong = Vec::new();
    for (path, module, source) in sources() {
        for part in module {
            if ["util", "utils", "helper", "helpers", "common", "misc", "manager"].contains(&part.as_str()) {
                wrong.push(format!("{}: a module called '{part}'", path.display()));
            }
        }
        for (number, line) in source.lines().enumerate() {
            let name = line.split_once("fn ").map_or("", |(_, name)| name);
            if ["get_", "do_", "handle_", "process_"].iter().any(|prefix| name.starts_with(prefix)) {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_commands_that_people_are_told_to_run_are_those_that_continuous_integration_runs() {
    let ci = text(".ci/run");
    let commands: Vec<&str> = ci.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert_eq!(commands, ["set -euo pipefail", "cd \"$(dirname \"$0\")/..\"", "make test"]);
    let makefile = text("Makefile");
    for target in ["demo", "test", "bench", "fuzz", "bless"] {
        assert!(makefile.contains(&format!("\n{target}:\n")), "the Makefile has no target '{target}'");
    }
    let start = makefile.find("\ntest:\n").expect("there is a target 'test'") + "\ntest:\n".len();
    let recipe: Vec<&str> = makefile[start..].lines().take_while(|line| line.starts_with('\t')).collect();
    for step in
        ["cargo fmt --check", "cargo clippy --locked --all-targets -- -D warnings", "cargo test --locked"]
    {
        assert!(recipe.iter().any(|line| line.trim() == step), "'make test' does not run '{step}'");
    }
    for line in recipe.iter().filter(|line| !line.contains("cargo fmt")) {
        assert!(line.contains("--locked"), "'{}' may change Cargo.lock", line.trim());
    }
    if let Ok(readme) = fs::read_to_string(root().join("README.md")) {
        for command in ["make test", "make demo"] {
            assert!(readme.contains(command), "README.md does not name '{command}'");
        }
    }
}

#[cfg(unix)]
#[test]
fn the_scripts_that_are_run_by_name_are_executable() {
    use std::os::unix::fs::PermissionsExt;
    let makefile = text("Makefile");
    let named = makefile
        .lines()
        .filter_map(|line| line.strip_prefix('\t')?.split(' ').next())
        .filter(|word| word.contains('/'));
    for script in named.chain([".ci/run"]).filter(|script| root().join(script).exists()) {
        let mode = fs::metadata(root().join(script)).expect(script).permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script} is not executable");
    }
}

#[test]
fn every_action_is_pinned_to_a_commit_and_no_workflow_has_rights_it_does_not_name() {
    let folder = root().join(".github/workflows");
    let mut uses = 0;
    for entry in fs::read_dir(folder).expect("there are workflows") {
        let path = entry.expect("there are workflows").path();
        let workflow = fs::read_to_string(&path).expect("workflows are UTF-8");
        let path = path.display();
        assert!(workflow.contains("\npermissions: {}\n"), "{path} takes the default permissions");
        for line in workflow.lines() {
            let Some((_, action)) = line.split_once("uses: ") else { continue };
            uses += 1;
            let (_, pin) = action.split_once('@').unwrap_or_else(|| panic!("{path}: {action}"));
            let (commit, version) = pin.split_once(" # v").unwrap_or_else(|| panic!("{path}: {action}"));
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && version.starts_with(|c: char| c.is_ascii_digit()), "{path}: {action}");
        }
    }
    assert!(uses >= 4, "only {uses} actions found");
    // What is offered to others runs nothing but its own commands, and what they are told to copy is pinned, too.
    assert!(!text("action.yml").contains("uses: "));
    for line in text("docs/ci.md").lines().filter(|line| line.trim_start().starts_with("- uses: ")) {
        let (commit, version) = line.split_once('@').and_then(|(_, pin)| pin.split_once(" # v")).expect(line);
        let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_commit && version.starts_with(|c: char| c.is_ascii_digit()), "docs/ci.md: {line}");
    }
}

#[test]
fn every_dependency_has_its_reason_in_the_decisions() {
    let decisions = text("docs/decisions.md");
    let manifest = text("Cargo.toml");
    let mut is_in_section = false;
    let names = manifest.lines().filter_map(|line| {
        is_in_section = if line.starts_with('[') { line.ends_with("dependencies]") } else { is_in_section };
        let (name, _) = line.split_once(" = ")?;
        (is_in_section && !line.starts_with('#')).then_some(name)
    });
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 25, "{names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !decisions.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "not in docs/decisions.md: {missing:?}");
}
