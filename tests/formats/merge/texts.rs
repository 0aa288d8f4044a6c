//! The texts of models, in each format.

use super::model::{Entry, Model, Node};

/// The text of `model` in the format `name`.
pub fn text(model: &Model, name: &str) -> String {
    let mut out = match name {
        "yaml" => {
            let mut out = String::new();
            yaml_map(&model.root, model.indent, 0, &mut out);
            out
        }
        "json" if model.is_minified => minified(&map(&model.root)) + "\n",
        "json" | "jsonc" => {
            let mut out = String::new();
            json(&map(&model.root), model.indent, 0, &mut out);
            out + "\n"
        }
        "toml" => {
            let mut out = String::new();
            toml(&model.root, "", &mut out);
            out
        }
        "dotenv" => {
            let mut out = String::new();
            for entry in &model.root {
                above(entry, "#", 0, &mut out);
                let export = if entry.quotes == 2 { "export " } else { "" };
                out.push_str(&format!("{export}{}={}\n", entry.key, dotenv(entry)));
            }
            out
        }
        _ => {
            let mut out = String::new();
            for entry in model.root.iter().filter(|entry| !matches!(entry.node, Node::Map(_))) {
                above(entry, ";", 0, &mut out);
                out.push_str(&format!("{} = {}\n", entry.key, ini(&entry.node)));
            }
            for entry in &model.root {
                let Node::Map(inner) = &entry.node else { continue };
                out.push('\n');
                above(entry, "#", 0, &mut out);
                out.push_str(&format!("[{}]\n", entry.key));
                for entry in inner {
                    above(entry, ";", 0, &mut out);
                    out.push_str(&format!("{} = {}\n", entry.key, ini(&entry.node)));
                }
            }
            out
        }
    };
    if !model.has_last_break {
        out.pop();
    }
    if model.is_crlf { out.replace('\n', "\r\n") } else { out }
}

fn map(entries: &[Entry]) -> Node {
    Node::Map(entries.to_vec())
}

fn above(entry: &Entry, sign: &str, indent: usize, out: &mut String) {
    if entry.blank {
        out.push('\n');
    }
    for line in &entry.above {
        out.push_str(&format!("{}{sign} {line}\n", " ".repeat(indent)));
    }
}

fn beside(entry: &Entry, sign: &str) -> String {
    entry.beside.as_ref().map_or_else(String::new, |text| format!(" {sign} {text}"))
}

fn yaml_scalar(entry: &Entry, indent: usize) -> String {
    match (&entry.node, entry.quotes) {
        (Node::Text(text), 0) => text.clone(),
        (Node::Text(text), 1) => format!("'{text}'"),
        (Node::Text(text), _) => format!("\"{text}\""),
        (Node::Lines(lines), 0) => format!("\"{}\"", lines.join("\\n")),
        (Node::Lines(lines), _) => {
            let pad = " ".repeat(indent);
            format!("|-\n{pad}{}", lines.join(&format!("\n{pad}")))
        }
        (Node::Number(number), _) => number.to_string(),
        (Node::Truth(truth), _) => truth.to_string(),
        (Node::Map(_), _) => "{}".to_owned(),
        (Node::List(_), _) => "[]".to_owned(),
    }
}

fn yaml_map(entries: &[Entry], unit: usize, indent: usize, out: &mut String) {
    if entries.is_empty() && indent == 0 {
        out.push_str("{}\n");
    }
    for entry in entries {
        above(entry, "#", indent, out);
        out.push_str(&format!("{}{}:", " ".repeat(indent), entry.key));
        yaml_value(entry, unit, indent, out);
    }
}

fn yaml_value(entry: &Entry, unit: usize, indent: usize, out: &mut String) {
    match &entry.node {
        Node::Map(inner) if !inner.is_empty() => {
            out.push_str(&format!("{}\n", beside(entry, "#")));
            yaml_map(inner, unit, indent + unit, out);
        }
        Node::List(items) if !items.is_empty() => {
            out.push_str(&format!("{}\n", beside(entry, "#")));
            let indent = if unit == 4 { indent } else { indent + unit };
            for item in items {
                above(item, "#", indent, out);
                out.push_str(&format!("{}-", " ".repeat(indent)));
                match &item.node {
                    Node::Map(inner) => {
                        let mut text = String::new();
                        yaml_map(inner, unit, indent + 2, &mut text);
                        out.push_str(&text[indent + 1..]);
                    }
                    _ => yaml_value(item, unit, indent, out),
                }
            }
        }
        Node::Lines(_) if entry.quotes != 0 => {
            out.push_str(&format!(" {}\n", yaml_scalar(entry, indent + unit)));
        }
        _ => out.push_str(&format!(" {}{}\n", yaml_scalar(entry, 0), beside(entry, "#"))),
    }
}

fn json_scalar(node: &Node) -> String {
    match node {
        Node::Text(text) => format!("\"{text}\""),
        Node::Lines(lines) => format!("\"{}\"", lines.join("\\n")),
        Node::Number(number) => number.to_string(),
        Node::Truth(truth) => truth.to_string(),
        Node::Map(_) => "{}".to_owned(),
        Node::List(_) => "[]".to_owned(),
    }
}

fn minified(node: &Node) -> String {
    match node {
        Node::Map(inner) => {
            let all: Vec<String> =
                inner.iter().map(|entry| format!("\"{}\":{}", entry.key, minified(&entry.node))).collect();
            format!("{{{}}}", all.join(","))
        }
        Node::List(items) => {
            let all: Vec<String> = items.iter().map(|item| minified(&item.node)).collect();
            format!("[{}]", all.join(","))
        }
        scalar => json_scalar(scalar),
    }
}

fn json(node: &Node, unit: usize, indent: usize, out: &mut String) {
    let (inner, is_map) = match node {
        Node::Map(inner) if !inner.is_empty() => (inner, true),
        Node::List(items) if !items.is_empty() => (items, false),
        scalar => return out.push_str(&json_scalar(scalar)),
    };
    out.push_str(if is_map { "{" } else { "[" });
    for (at, entry) in inner.iter().enumerate() {
        out.push('\n');
        above(entry, "//", indent + unit, out);
        out.push_str(&" ".repeat(indent + unit));
        if is_map {
            out.push_str(&format!("\"{}\": ", entry.key));
        }
        json(&entry.node, unit, indent + unit, out);
        out.push_str(if at + 1 < inner.len() { "," } else { "" });
        out.push_str(&beside(entry, "//"));
    }
    out.push_str(&format!("\n{}{}", " ".repeat(indent), if is_map { '}' } else { ']' }));
}

fn toml_scalar(entry: &Entry, is_inline: bool) -> String {
    match (&entry.node, entry.quotes) {
        (Node::Text(text), 1) => format!("'{text}'"),
        (Node::Lines(lines), 1 | 2) if !is_inline => format!("\"\"\"\n{}\"\"\"", lines.join("\n")),
        (Node::List(items), _) => {
            let all: Vec<String> = items.iter().map(|item| toml_scalar(item, true)).collect();
            format!("[{}]", all.join(", "))
        }
        (node, _) => json_scalar(node),
    }
}

fn toml(entries: &[Entry], path: &str, out: &mut String) {
    for entry in entries.iter().filter(|entry| !matches!(entry.node, Node::Map(_))) {
        above(entry, "#", 0, out);
        out.push_str(&format!("{} = {}{}\n", entry.key, toml_scalar(entry, false), beside(entry, "#")));
    }
    for entry in entries {
        let Node::Map(inner) = &entry.node else { continue };
        let path = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
        out.push('\n');
        above(&Entry { blank: false, ..entry.clone() }, "#", 0, out);
        out.push_str(&format!("[{path}]{}\n", beside(entry, "#")));
        toml(inner, &path, out);
    }
}

fn dotenv(entry: &Entry) -> String {
    match (&entry.node, entry.quotes) {
        (Node::Text(text), 0) if !text.contains(' ') => text.clone(),
        (Node::Text(text), 1) => format!("'{text}'"),
        (Node::Text(text), _) => format!("\"{text}\""),
        (Node::Lines(lines), _) => format!("\"{}\"", lines.join("\n")),
        (node, _) => json_scalar(node),
    }
}

fn ini(node: &Node) -> String {
    match node {
        Node::Text(text) => text.clone(),
        Node::Lines(lines) => lines.join("\n    "),
        node => json_scalar(node),
    }
}
