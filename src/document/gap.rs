//! What lies between two tokens, as bytes (section 5 of the format).

use super::event::Event;
use super::tree::{Document, LeafId, Style, Text};

/// Which plain parts of a document the chain covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Everything but comments and layout (`cover: all`).
    All,
    /// The containers that tokens lie in, and the tokens' own tags (`cover: encrypted`).
    Encrypted,
}

/// A walk from token to token.
pub struct Gaps<'d> {
    document: &'d Document,
    cover: Cover,
    at: usize,
    depth: u32,
    is_first: bool,
    is_done: bool,
}

impl<'d> Gaps<'d> {
    /// A walk from the start of `document`.
    pub fn new(document: &'d Document, cover: Cover) -> Self {
        Self { document, cover, at: 0, depth: document.initial_depth(), is_first: true, is_done: false }
    }

    /// Writes C(gap) of the gap that begins here into `out` (cleared first) and gives the token behind it, `None` at
    /// the end of the document. `is_token` says which leaves are tokens; other leaves are plain, other comments nothing.
    /// Returns `None` after the end.
    pub fn step(&mut self, is_token: impl Fn(LeafId) -> bool, out: &mut Vec<u8>) -> Option<Option<LeafId>> {
        if self.is_done {
            return None;
        }
        out.clear();
        let mut low = if self.is_first { 0 } else { self.depth };
        let mut tag: Option<Text> = None;
        self.is_first = false;
        let events = self.document.events();
        while let Some(&event) = events.get(self.at) {
            self.at += 1;
            match event {
                Event::Leaf(leaf) if is_token(leaf) => {
                    self.finish(low, tag, out);
                    return Some(Some(leaf));
                }
                Event::Leaf(leaf) if self.document.leaf(leaf).style == Style::Comment => continue,
                Event::MapStart | Event::ListStart => self.depth += 1,
                Event::MapEnd | Event::ListEnd => self.depth = self.depth.saturating_sub(1),
                Event::Header { .. } => low = 0,
                _ => {}
            }
            low = low.min(self.depth);
            match event {
                Event::Tag(text) => tag = Some(text),
                Event::Anchor(_) => {}
                _ => tag = None,
            }
            if self.cover == Cover::All {
                push_event(self.document, event, out);
            }
        }
        self.is_done = true;
        self.finish(0, None, out);
        Some(None)
    }

    fn finish(&self, low: u32, tag: Option<Text>, out: &mut Vec<u8>) {
        if self.cover == Cover::Encrypted {
            out.push(0x10);
            out.extend_from_slice(&low.to_be_bytes());
            push_lp(out, tag.map_or(&[][..], |text| self.document.bytes(text)));
        }
    }
}

/// Appends the code and payload of one plain event.
fn push_event(document: &Document, event: Event, out: &mut Vec<u8>) {
    let mut with = |code: u8, text: Text| {
        out.push(code);
        push_payload(out, document.bytes(text));
    };
    match event {
        Event::Key { text, plain: false } => with(0x0C, text),
        Event::Key { text, plain: true } => with(0x11, text),
        Event::Tag(text) => with(0x06, text),
        Event::Alias(text) => with(0x07, text),
        Event::Anchor(text) => with(0x08, text),
        Event::Directive(text) => with(0x12, text),
        Event::Leaf(leaf) => {
            let leaf = document.leaf(leaf);
            match leaf.style {
                Style::Plain => with(0x03, leaf.content),
                Style::Quoted => with(0x04, leaf.content),
                Style::Interpolated => with(0x0B, leaf.content),
                Style::Comment => {}
            }
        }
        Event::Empty => out.extend_from_slice(&[0x03, 0, 0, 0, 0]),
        Event::MapStart => out.push(0x01),
        Event::ListStart => out.push(0x02),
        Event::ByteOrderMark => out.push(0x05),
        Event::DocumentStart => out.push(0x09),
        Event::DocumentEnd => out.push(0x0A),
        Event::MapEnd => out.push(0x0D),
        Event::ListEnd => out.push(0x0E),
        Event::Header { list, node } => {
            out.extend_from_slice(&[0x0F, u8::from(list)]);
            document.encode_path(node, out);
        }
    }
}

/// Appends `LP(bytes)`: the length as u32, big-endian, then the bytes.
pub fn push_lp(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u32::try_from(bytes.len()).expect("a text is at most 64 MiB").to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Appends `LP(bytes)` with each CR LF counted as LF.
fn push_payload(out: &mut Vec<u8>, bytes: &[u8]) {
    if !bytes.windows(2).any(|pair| pair == b"\r\n") {
        return push_lp(out, bytes);
    }
    let mut unix = Vec::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        if !(byte == b'\r' && bytes.get(at + 1) == Some(&b'\n')) {
            unix.push(byte);
        }
    }
    push_lp(out, &unix);
}
