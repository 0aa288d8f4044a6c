//! What a text says, by other readers than dekko's: serde_json, toml_edit, libyaml; for dotenv and INI, by the rules in
//! a few lines. Comments and layout say nothing.

use serde_norway::Value as Yaml;

/// Paths and values in document order. A path names keys in braces, items as `[]`; a value its type, too.
pub type Meaning = Vec<(String, String)>;

/// What `text` says; `None` when the other reader refuses it.
pub fn of(format: &str, text: &[u8]) -> Option<Meaning> {
    let mut said = Meaning::new();
    if format == "binary" {
        said.push((String::new(), format!("{text:?}")));
        return Some(said);
    }
    let text = std::str::from_utf8(text).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        "yaml" => {
            for document in serde_norway::Deserializer::from_str(text) {
                let value: Yaml = serde::Deserialize::deserialize(document).ok()?;
                yaml(&value, "---".to_owned(), &mut said);
            }
        }
        "json" => json(&serde_json::from_str(text).ok()?, String::new(), &mut said),
        "jsonc" => json(&serde_json::from_str(&without_comments(text)).ok()?, String::new(), &mut said),
        "toml" => {
            let document: toml_edit::Document<String> = text.replace("\r\n", "\n").parse().ok()?;
            table(document.as_table(), String::new(), &mut said);
        }
        "dotenv" => dotenv(&text.replace("\r\n", "\n"), &mut said)?,
        "ini" => ini(&text.replace("\r\n", "\n"), &mut said)?,
        other => panic!("no reader for '{other}'"),
    }
    Some(said)
}

/// The part of `said` that `cover: encrypted` promises: the values below keys that begin with `s_`, path by path;
/// containers may get more that is plain.
pub fn secrets(said: Meaning) -> Meaning {
    let is_container = |value: &str| ["map", "list", "section"].contains(&value);
    let is_secret = |path: &str| ["{s_", "{S_", "[s_"].iter().any(|start| path.contains(start));
    let mut secrets: Meaning =
        said.into_iter().filter(|(path, value)| is_secret(path) && !is_container(value)).collect();
    secrets.sort_by(|(a, _), (b, _)| a.cmp(b));
    secrets
}

fn yaml(value: &Yaml, path: String, said: &mut Meaning) {
    match value {
        Yaml::Mapping(entries) => {
            said.push((path.clone(), "map".to_owned()));
            for (key, value) in entries {
                let key = key.as_str().map_or_else(|| format!("{key:?}"), str::to_owned);
                yaml(value, format!("{path}{{{key}}}"), said);
            }
        }
        Yaml::Sequence(items) => {
            said.push((path.clone(), "list".to_owned()));
            items.iter().for_each(|item| yaml(item, format!("{path}[]"), said));
        }
        Yaml::Tagged(tagged) => yaml(&tagged.value, format!("{path}{}", tagged.tag), said),
        other => said.push((path, format!("{other:?}"))),
    }
}

fn json(value: &serde_json::Value, path: String, said: &mut Meaning) {
    match value {
        serde_json::Value::Object(entries) => {
            said.push((path.clone(), "map".to_owned()));
            entries.iter().for_each(|(key, value)| json(value, format!("{path}{{{key}}}"), said));
        }
        serde_json::Value::Array(items) => {
            said.push((path.clone(), "list".to_owned()));
            items.iter().for_each(|item| json(item, format!("{path}[]"), said));
        }
        other => said.push((path, format!("{other:?}"))),
    }
}

/// JSON with its comments and trailing commas taken away.
fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => {
                let mut escaped = false;
                let close = rest[1..].find(|c| {
                    let is_end = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    is_end
                });
                let length = close.map_or(rest.len(), |close| close + 2);
                out.push_str(&rest[..length]);
                length
            }
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '}' | ']' => {
                out.truncate(out.trim_end().len());
                if out.ends_with(',') {
                    out.pop();
                }
                out.push(c);
                1
            }
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

fn table(table: &dyn toml_edit::TableLike, path: String, said: &mut Meaning) {
    said.push((path.clone(), "map".to_owned()));
    for (key, item) in table.iter() {
        let path = format!("{path}{{{key}}}");
        match item {
            toml_edit::Item::Value(found) => value(found, path, said),
            toml_edit::Item::Table(found) => self::table(found, path, said),
            toml_edit::Item::ArrayOfTables(found) => {
                said.push((path.clone(), "list".to_owned()));
                found.iter().for_each(|item| self::table(item, format!("{path}[]"), said));
            }
            toml_edit::Item::None => {}
        }
    }
}

fn value(value: &toml_edit::Value, path: String, said: &mut Meaning) {
    use toml_edit::Value;
    match value {
        Value::Array(items) => {
            said.push((path.clone(), "list".to_owned()));
            items.iter().for_each(|item| self::value(item, format!("{path}[]"), said));
        }
        Value::InlineTable(found) => table(found, path, said),
        Value::String(text) => said.push((path, format!("{:?}", text.value()))),
        Value::Integer(number) => said.push((path, format!("integer {}", number.value()))),
        Value::Float(number) => said.push((path, format!("float {:?}", number.value()))),
        Value::Boolean(value) => said.push((path, value.value().to_string())),
        Value::Datetime(moment) => said.push((path, moment.value().to_string())),
    }
}

/// Entries `[export] KEY=value`; a value in quotes goes on to its closing quote, and what follows that belongs to it.
fn dotenv(text: &str, said: &mut Meaning) -> Option<()> {
    let mut rest = text;
    while !rest.is_empty() {
        let line = rest.split('\n').next()?;
        let entry = line.trim_start_matches([' ', '\t']);
        if entry.is_empty() || entry.starts_with('#') {
            rest = rest.get(line.len() + 1..).unwrap_or_default();
            continue;
        }
        let (key, value) = entry.split_once('=')?;
        let mut length = line.len();
        let quoted = value.trim_start_matches([' ', '\t']);
        if let Some(quote) = quoted.chars().next().filter(|c| ['\'', '"'].contains(c)) {
            let from = line.len() - quoted.len() + 1;
            let close = rest[from..].find(quote)? + from;
            length = close + rest[close..].find('\n').unwrap_or(rest.len() - close);
        }
        let value = &rest[line.len() - value.len()..length];
        let (export, key) = match key.strip_prefix("export") {
            Some(name) if name.starts_with([' ', '\t']) => ("export ", name),
            _ => ("", key),
        };
        // Blanks around quotes are layout.
        let value = if quoted.starts_with(['\'', '"']) { value.trim_matches([' ', '\t']) } else { value };
        let value = match value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')) {
            Some(inside) => inside,
            None => value,
        };
        said.push((format!("{{{}}}", key.trim()), format!("{export}{value}")));
        rest = rest.get(length + 1..).unwrap_or_default();
    }
    Some(())
}

/// Sections, keys, values with their continuation lines; `=` and `:` are the same.
fn ini(text: &str, said: &mut Meaning) -> Option<()> {
    let mut section = String::new();
    let mut indent = 0;
    for line in text.split('\n') {
        let content = line.trim_matches([' ', '\t']);
        let own = line.len() - line.trim_start_matches([' ', '\t']).len();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        if let Some((path, value)) = said.last_mut().filter(|(path, _)| own > indent && path.contains('}')) {
            let _ = path;
            value.push('\n');
            value.push_str(content);
        } else if let Some(name) = content.strip_prefix('[') {
            section = format!("[{}]", name.split_once(']')?.0);
            said.push((section.clone(), "section".to_owned()));
        } else {
            let (key, value) = content.split_once(['=', ':'])?;
            said.push((format!("{section}{{{}}}", key.trim_end()), value.trim_start().to_owned()));
            indent = own;
        }
    }
    Some(())
}
