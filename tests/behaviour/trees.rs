//! Random texts of every format, made from a tree whose entries carry their own layout, so that an edit of the tree is
//! an edit of a few lines.

/// Bytes to make choices from; after their end, all choices are the first.
pub struct Choices<'b>(pub std::slice::Iter<'b, u8>);

impl Choices<'_> {
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % count
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<Node>),
}

/// An entry of a map, or an item of a list (whose key says nothing).
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub key: String,
    pub layout: usize,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub struct Tree {
    pub entries: Vec<Node>,
    layout: usize,
    made: usize,
}

const TEXTS: &[&str] = &[
    "one",
    "",
    "12",
    "true",
    "a: b # c",
    "it's",
    "say \"x\"",
    "ü😀",
    " x ",
    "two\nlines",
    "$HOME \\n",
    "~",
    "- x",
    "a=b;c",
];
const KEYS: &[&str] = &["key", "s_key", "Long-Key", "a_b"];
const ODD_KEYS: &[&str] = &["a.b", "c d", "é", "x:y", ""];

impl Tree {
    pub fn new(format: &str, choices: &mut Choices<'_>) -> Self {
        let mut tree = Self { entries: Vec::new(), layout: choices.below(16), made: 0 };
        let depth = match format {
            "dotenv" => 1,
            "ini" => 2,
            _ => 4,
        };
        for _ in 0..=choices.below(6) {
            let node = tree.node(format, depth, choices);
            tree.entries.push(node);
        }
        tree
    }

    /// A new entry, unlike every other by its key and its value.
    pub fn node(&mut self, format: &str, depth: usize, choices: &mut Choices<'_>) -> Node {
        self.made += 1;
        let is_odd = choices.below(6) == 5 && ["yaml", "json", "jsonc", "toml"].contains(&format);
        let from = if is_odd { ODD_KEYS } else { KEYS };
        let key = format!("{}{}", from[choices.below(from.len())], self.made);
        let layout = choices.below(256);
        let kind = if depth > 1 { choices.below(6) } else { 0 };
        let value = match kind {
            4 => Value::Map((0..choices.below(4)).map(|_| self.node(format, depth - 1, choices)).collect()),
            5 if format != "ini" => {
                Value::List((0..choices.below(4)).map(|_| self.node(format, depth - 1, choices)).collect())
            }
            _ => Value::Scalar(self.text(choices)),
        };
        Node { key, layout, value }
    }

    /// A text that is no other's.
    pub fn text(&mut self, choices: &mut Choices<'_>) -> String {
        self.made += 1;
        let text = TEXTS[choices.below(TEXTS.len())];
        if choices.below(3) == 0 { text.to_owned() } else { format!("{text} v{}", self.made) }
    }

    /// Whether two values are the same, so that a diff cannot tell which of them went.
    pub fn has_equal_values(&self) -> bool {
        let mut waiting: Vec<&Node> = self.entries.iter().collect();
        let mut seen = std::collections::HashSet::new();
        while let Some(node) = waiting.pop() {
            match &node.value {
                Value::Scalar(text) if !seen.insert(text.trim()) => return true,
                Value::Scalar(_) => {}
                Value::List(inside) | Value::Map(inside) => waiting.extend(inside),
            }
        }
        false
    }

    /// The text of the tree in `format`.
    pub fn text_in(&self, format: &str) -> String {
        let mut out = String::new();
        match format {
            "yaml" => yaml_block(&self.entries, 0, &mut out),
            "json" | "jsonc" => json(&Value::Map(self.entries.clone()), self.layout, 0, &mut out),
            "toml" => toml(&self.entries, &mut out),
            "dotenv" => self.entries.iter().for_each(|node| dotenv(node, &mut out)),
            _ => ini(&self.entries, &mut out),
        }
        if out.is_empty() && format == "yaml" {
            out.push_str("{}\n");
        }
        if self.layout % 4 == 1 {
            out = out.replace('\n', "\r\n");
        }
        if self.layout % 4 == 2 && out.ends_with('\n') {
            out.pop();
        }
        if self.layout == 15 { format!("\u{feff}{out}") } else { out }
    }
}

fn before(node: &Node, indent: usize, out: &mut String) {
    match node.layout % 8 {
        1 => out.push_str(&format!("{:indent$}# about {}\n", "", node.key)),
        2 => out.push('\n'),
        _ => {}
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn is_bare(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn yaml_key(node: &Node) -> String {
    if is_bare(&node.key) && node.layout / 8 % 4 != 3 { node.key.clone() } else { quoted(&node.key) }
}

fn yaml_block(entries: &[Node], indent: usize, out: &mut String) {
    for node in entries {
        before(node, indent, out);
        out.push_str(&format!("{:indent$}{}:", "", yaml_key(node)));
        yaml_value(node, indent, out);
    }
}

fn yaml_value(node: &Node, indent: usize, out: &mut String) {
    let deeper = indent + 2;
    match &node.value {
        Value::Scalar(text) => {
            let is_lines = text.contains('\n');
            let tag = if node.layout / 64 == 3 { " !t" } else { "" };
            let scalar = match node.layout / 8 % 8 {
                1 if !is_lines => single_quoted(text),
                2 if !text.trim().is_empty() && !text.starts_with(' ') => {
                    format!("|\n{:deeper$}{}", "", text.replace('\n', &format!("\n{:deeper$}", "")))
                }
                3 if !text.trim().is_empty() && !text.starts_with(' ') => {
                    format!(">-\n{:deeper$}{}\n", "", text.replace('\n', &format!("\n\n{:deeper$}", "")))
                }
                4 => format!("{} # note {}", quoted(text), node.key),
                5 if text.contains(" v") => quoted(text).replacen(" v", &format!("\n{:deeper$}v", ""), 1),
                6 if is_bare(text) => text.clone(),
                7 if is_bare(text) => format!("\n{:deeper$}{text}", ""),
                _ => quoted(text),
            };
            out.push_str(&format!("{tag} {scalar}\n"));
        }
        Value::Map(entries) if !entries.is_empty() && (node.layout / 8).is_multiple_of(2) => {
            out.push_str(&if node.layout / 16 % 4 == 1 {
                format!(" # map {}\n", node.key)
            } else {
                "\n".to_owned()
            });
            yaml_block(entries, deeper, out);
        }
        Value::List(items) if !items.is_empty() && (node.layout / 8).is_multiple_of(2) => {
            out.push('\n');
            let indent = if (node.layout / 16).is_multiple_of(2) { indent } else { deeper };
            for item in items {
                before(item, indent, out);
                out.push_str(&format!("{:indent$}-", ""));
                match &item.value {
                    Value::Map(entries) if !entries.is_empty() && item.layout / 8 % 2 == 0 => {
                        out.push('\n');
                        yaml_block(entries, indent + 2, out);
                    }
                    Value::List(_) | Value::Map(_) => {
                        out.push(' ');
                        yaml_flow(&item.value, out);
                        out.push('\n');
                    }
                    Value::Scalar(_) => yaml_value(item, indent, out),
                }
            }
        }
        value => {
            out.push(' ');
            yaml_flow(value, out);
            out.push('\n');
        }
    }
}

fn yaml_flow(value: &Value, out: &mut String) {
    match value {
        Value::Scalar(text) if is_bare(text) => out.push_str(text),
        Value::Scalar(text) => out.push_str(&quoted(text)),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                yaml_flow(&item.value, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (at, node) in entries.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(&format!("{}: ", quoted(&node.key)));
                yaml_flow(&node.value, out);
            }
            out.push('}');
        }
    }
}

fn json(value: &Value, layout: usize, indent: usize, out: &mut String) {
    let is_wide = layout % 4 != 3;
    let line = |indent: usize| if is_wide { format!("\n{:indent$}", "") } else { String::new() };
    let (nodes, open, close) = match value {
        Value::Scalar(text) if ["12", "true"].contains(&text.as_str()) => return out.push_str(text),
        Value::Scalar(text) => return out.push_str(&quoted(text)),
        Value::List(items) => (items, '[', ']'),
        Value::Map(entries) => (entries, '{', '}'),
    };
    out.push(open);
    for (at, node) in nodes.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        out.push_str(&line(indent + 2));
        if open == '{' {
            out.push_str(&format!(
                "{}:{}",
                quoted(&node.key),
                if node.layout.is_multiple_of(2) { " " } else { "" }
            ));
        }
        json(&node.value, layout, indent + 2, out);
    }
    out.push_str(&line(indent));
    out.push(close);
    if indent == 0 {
        out.push('\n');
    }
}

fn toml_key(key: &str) -> String {
    if is_bare(key) { key.to_owned() } else { quoted(key) }
}

fn toml_inline(value: &Value, layout: usize, out: &mut String) {
    match value {
        Value::Scalar(text) => out.push_str(&match layout / 8 % 4 {
            1 if !text.contains(['\'', '\n']) => format!("'{text}'"),
            2 if !text.contains('\'') => format!("'''\n{text}'''"),
            3 if ["12", "true"].contains(&text.as_str()) => text.clone(),
            _ => quoted(text),
        }),
        Value::List(items) => {
            out.push('[');
            for item in items {
                toml_inline(&item.value, 0, out);
                out.push_str(&if layout.is_multiple_of(2) {
                    ", ".to_owned()
                } else {
                    format!(", # item {}\n  ", item.key)
                });
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (at, node) in entries.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(&format!("{} = ", toml_key(&node.key)));
                toml_inline(&node.value, 0, out);
            }
            out.push('}');
        }
    }
}

fn toml(entries: &[Node], out: &mut String) {
    let is_table = |node: &Node| node.layout / 32 % 2 == 1 && matches!(node.value, Value::Map(_));
    let entry = |node: &Node, out: &mut String| {
        before(node, 0, out);
        out.push_str(&format!("{} = ", toml_key(&node.key)));
        toml_inline(&node.value, node.layout, out);
        out.push_str(&if node.layout / 64 == 1 {
            format!(" # note {}\n", node.key)
        } else {
            "\n".to_owned()
        });
    };
    entries.iter().filter(|node| !is_table(node)).for_each(|node| entry(node, out));
    for node in entries.iter().filter(|node| is_table(node)) {
        before(node, 0, out);
        out.push_str(&format!("[{}]\n", toml_key(&node.key)));
        let Value::Map(inside) = &node.value else { continue };
        inside.iter().for_each(|node| entry(node, out));
    }
}

fn dotenv(node: &Node, out: &mut String) {
    let Value::Scalar(text) = &node.value else { return };
    before(node, 0, out);
    let value = match node.layout / 8 % 4 {
        1 if !text.contains('\'') => format!("'{text}'"),
        2 if !text.contains(['"', '\\']) => format!("\"{text}\""),
        3 if is_bare(text) => format!("{text} # note"),
        _ => text.chars().filter(|c| c.is_ascii_alphanumeric()).collect(),
    };
    let export = if node.layout / 64 == 2 { "export " } else { "" };
    out.push_str(&format!("{export}{}={value}\n", node.key));
}

fn ini(entries: &[Node], out: &mut String) {
    let entry = |node: &Node, out: &mut String| {
        let Value::Scalar(text) = &node.value else { return };
        before(node, 0, out);
        let sign = if node.layout.is_multiple_of(2) { " = " } else { ": " };
        out.push_str(&format!("{}{sign}{}\n", node.key, text.trim().replace('\n', "\n   ")));
    };
    let is_section = |node: &Node| matches!(node.value, Value::Map(_));
    entries.iter().filter(|node| !is_section(node)).for_each(|node| entry(node, out));
    for node in entries.iter().filter(|node| is_section(node)) {
        out.push_str(&format!("[{}]\n", node.key));
        let Value::Map(inside) = &node.value else { continue };
        inside.iter().for_each(|node| entry(node, out));
    }
}
