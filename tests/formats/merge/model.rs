//! Random documents, random edits to them, and their texts.

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % sides.max(1) as u64).unwrap()
    }

    pub fn is(&mut self, one_in: usize) -> bool {
        self.roll(one_in) == 0
    }

    fn word(&mut self) -> String {
        const SYLLABLES: &[&str] = &["ka", "lo", "mi", "ten", "ru", "sha", "pod", "vel", "qui", "zor"];
        (0..2 + self.roll(2)).map(|_| SYLLABLES[self.roll(SYLLABLES.len())]).collect()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Text(String),
    Number(usize),
    Truth(bool),
    Lines(Vec<String>),
    Map(Vec<Entry>),
    List(Vec<Entry>),
}

/// An entry, or, without a key that counts, an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub above: Vec<String>,
    pub blank: bool,
    pub beside: Option<String>,
    pub quotes: usize,
    pub node: Node,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub root: Vec<Entry>,
    pub indent: usize,
    pub is_crlf: bool,
    pub has_last_break: bool,
    pub is_minified: bool,
}

/// What a format can say.
#[derive(Clone, Copy)]
pub struct Shape {
    pub name: &'static str,
    pub depth: usize,
    pub has_lists: bool,
    pub has_comments: bool,
    pub has_types: bool,
    pub has_lines: bool,
}

pub const SHAPES: &[Shape] = &[
    Shape { name: "yaml", depth: 3, has_lists: true, has_comments: true, has_types: true, has_lines: true },
    Shape { name: "json", depth: 3, has_lists: true, has_comments: false, has_types: true, has_lines: false },
    Shape { name: "jsonc", depth: 3, has_lists: true, has_comments: true, has_types: true, has_lines: false },
    Shape { name: "toml", depth: 3, has_lists: true, has_comments: true, has_types: true, has_lines: true },
    Shape {
        name: "dotenv",
        depth: 1,
        has_lists: false,
        has_comments: true,
        has_types: false,
        has_lines: true,
    },
    Shape { name: "ini", depth: 2, has_lists: false, has_comments: true, has_types: false, has_lines: true },
];

pub fn model(dice: &mut Dice, shape: Shape) -> Model {
    let root = entries(dice, shape, 1);
    let indent = if dice.is(3) { 4 } else { 2 };
    let is_minified = shape.name == "json" && dice.is(4);
    Model { root, indent, is_crlf: dice.is(8), has_last_break: !dice.is(8), is_minified }
}

fn entries(dice: &mut Dice, shape: Shape, depth: usize) -> Vec<Entry> {
    let count = if depth == 1 { 2 + dice.roll(5) } else { 1 + dice.roll(4) };
    let mut found: Vec<Entry> = Vec::new();
    for _ in 0..count {
        let entry = entry(dice, shape, depth);
        if found.iter().all(|other| other.key != entry.key) {
            found.push(entry);
        }
    }
    found
}

fn entry(dice: &mut Dice, shape: Shape, depth: usize) -> Entry {
    let node = match dice.roll(10) {
        0..=2 if depth < shape.depth => Node::Map(entries(dice, shape, depth + 1)),
        3 | 4 if shape.has_lists => Node::List(list(dice, shape, depth)),
        _ => scalar(dice, shape),
    };
    around(dice, shape, node)
}

fn around(dice: &mut Dice, shape: Shape, node: Node) -> Entry {
    let has = shape.has_comments;
    let above = if has && dice.is(4) { vec![dice.word()] } else { Vec::new() };
    let beside = (has && shape.name != "dotenv" && shape.name != "ini" && dice.is(6)).then(|| dice.word());
    Entry { key: dice.word(), above, blank: has && dice.is(6), beside, quotes: dice.roll(3), node }
}

fn list(dice: &mut Dice, shape: Shape, depth: usize) -> Vec<Entry> {
    let is_named = dice.is(3) && shape.name != "toml";
    let is_map = is_named || (dice.is(3) && shape.name != "toml");
    (0..dice.roll(5))
        .map(|_| {
            let node =
                if is_map && depth + 1 < 4 { map_item(dice, shape, is_named) } else { scalar(dice, shape) };
            let mut item = around(dice, shape, node);
            if shape.name == "toml" {
                (item.above, item.beside, item.blank) = (Vec::new(), None, false);
            }
            item
        })
        .collect()
}

fn map_item(dice: &mut Dice, shape: Shape, is_named: bool) -> Node {
    let mut inner: Vec<Entry> = Vec::new();
    let plain = |dice: &mut Dice, key: &str, node: Node| Entry {
        key: key.to_owned(),
        above: Vec::new(),
        blank: false,
        beside: None,
        quotes: dice.roll(3),
        node,
    };
    if is_named {
        let name = Node::Text(dice.word() + &dice.word());
        inner.push(plain(dice, "name", name));
    }
    for key in ["va", "vb", "vc"] {
        if !dice.is(4) || inner.is_empty() {
            let node = scalar(dice, shape);
            inner.push(plain(dice, key, node));
        }
    }
    Node::Map(inner)
}

pub fn scalar(dice: &mut Dice, shape: Shape) -> Node {
    match dice.roll(10) {
        0 if shape.has_types => Node::Truth(dice.is(2)),
        1 | 2 if shape.has_types => Node::Number(dice.roll(10000)),
        3 if shape.has_lines => Node::Lines((0..2 + dice.roll(2)).map(|_| dice.word()).collect()),
        4 => Node::Text(format!("{} {}", dice.word(), dice.word())),
        5 => Node::Text(format!("{}{}", dice.roll(1000), dice.word())),
        _ => Node::Text(dice.word() + &dice.word()),
    }
}

/// Which comments a side may change: both changing one is a conflict that values do not show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Comments {
    Change,
    Stay,
}

/// A few edits to `model`.
pub fn edit(dice: &mut Dice, shape: Shape, model: &Model, comments: Comments) -> Model {
    let mut model = model.clone();
    let mut touched = Vec::new();
    for _ in 0..1 + dice.roll(4) {
        if dice.is(12) {
            model.indent = if model.indent == 2 { 4 } else { 2 };
        } else if dice.is(20) {
            model.is_crlf = !model.is_crlf;
        } else if dice.is(20) {
            model.has_last_break = !model.has_last_break;
        } else {
            edit_map(dice, shape, &mut model.root, 1, comments, &mut touched);
        }
    }
    model
}

fn edit_map(
    dice: &mut Dice,
    shape: Shape,
    map: &mut Vec<Entry>,
    depth: usize,
    comments: Comments,
    touched: &mut Vec<String>,
) {
    let at = dice.roll(map.len());
    if let Some(entry) = map.get_mut(at) {
        match &mut entry.node {
            Node::Map(inner) if !dice.is(3) => {
                return edit_map(dice, shape, inner, depth + 1, comments, touched);
            }
            Node::List(items) if !dice.is(3) => {
                if !touched.contains(&entry.key) {
                    touched.push(entry.key.clone());
                    edit_list(dice, shape, items, depth);
                }
                return;
            }
            _ => {}
        }
    }
    match dice.roll(12) {
        0..=3 => {
            if let Some(entry) = map.get_mut(at) {
                entry.node = scalar(dice, shape);
            }
        }
        4 | 5 => {
            let new = entry(dice, shape, depth);
            if map.iter().all(|entry| entry.key != new.key) {
                map.insert(dice.roll(map.len() + 1), new);
            }
        }
        6 if !map.is_empty() && (depth > 1 || map.len() > 1) => {
            map.remove(at);
        }
        7 => {
            let key = dice.word();
            if map.iter().all(|entry| entry.key != key)
                && let Some(entry) = map.get_mut(at)
            {
                entry.key = key;
            }
        }
        8 => {
            let to = dice.roll(map.len());
            if at < map.len() {
                let entry = map.remove(at);
                map.insert(to, entry);
            }
        }
        9 => {
            if let Some(entry) = map.get_mut(at) {
                entry.quotes = dice.roll(3);
            }
        }
        10 if shape.has_comments && comments == Comments::Change => {
            if let Some(entry) = map.get_mut(at) {
                entry.above = if dice.is(4) { Vec::new() } else { vec![dice.word()] };
            }
        }
        _ if shape.has_comments && comments == Comments::Change => {
            if let Some(entry) = map.get_mut(at)
                && !matches!(shape.name, "dotenv" | "ini")
            {
                entry.beside = (!dice.is(4)).then(|| dice.word());
            }
        }
        _ => {}
    }
}

fn edit_list(dice: &mut Dice, shape: Shape, items: &mut Vec<Entry>, depth: usize) {
    let at = dice.roll(items.len());
    let is_named = items.iter().any(|item| matches!(&item.node, Node::Map(map) if map[0].key == "name"));
    let is_map = items.iter().any(|item| matches!(item.node, Node::Map(_)));
    let fresh = |dice: &mut Dice| {
        let node = if is_map && depth < 4 { map_item(dice, shape, is_named) } else { scalar(dice, shape) };
        let mut item = around(dice, shape, node);
        if shape.name == "toml" {
            (item.above, item.beside, item.blank) = (Vec::new(), None, false);
        }
        item
    };
    match dice.roll(4) {
        0 => {
            let new = fresh(dice);
            items.insert(dice.roll(items.len() + 1), new);
        }
        1 if !items.is_empty() => {
            items.remove(at);
        }
        _ => match items.get_mut(at).map(|item| &mut item.node) {
            Some(Node::Map(inner)) => {
                let which = dice.roll(inner.len());
                if inner[which].key != "name" {
                    inner[which].node = scalar(dice, shape);
                }
            }
            Some(node) => *node = scalar(dice, shape),
            None => {}
        },
    }
}
