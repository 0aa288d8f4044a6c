//! The law of every format: leaves can be replaced by tokens and put back, and nothing else changes.

use dekko::document::{Document, Event, Leaf, Span, splice};
use dekko::format::{self, Format, yaml::Yaml};

fn placeholder(number: usize) -> String {
    format!("enc1.{number:0>108}.AAAAAAAAAAAAAAAAAAAAA_")
}

/// What the events of `document` say, leaves by number.
fn shape(document: &Document) -> Vec<String> {
    let text = |text| String::from_utf8_lossy(document.bytes(text)).into_owned();
    let shown = |event: &Event| match *event {
        Event::Directive(t) => format!("% {}", text(t)),
        Event::Key { text: t, plain } => format!("key {plain} {}", text(t)),
        Event::Tag(t) => format!("tag {}", text(t)),
        Event::Anchor(t) => format!("anchor {}", text(t)),
        Event::Alias(t) => format!("alias {}", text(t)),
        Event::Leaf(leaf) => {
            let leaf = document.leaf(leaf);
            format!(
                "leaf {} of {}",
                document.path_of(leaf.node),
                document.path_of(document.node(leaf.node).parent)
            )
        }
        other => format!("{other:?}"),
    };
    document.events().iter().map(shown).collect()
}

/// Why the law does not hold for the text of `document`; `None` when it does.
pub fn broken(document: &Document) -> Option<String> {
    let leaves = document.leaves();
    let tokens: Vec<String> = (0..leaves.len()).map(placeholder).collect();
    let mut end = 0;
    for leaf in leaves {
        if leaf.span.start < end || leaf.span.end < leaf.span.start {
            return Some("leaves overlap or stand out of order".to_owned());
        }
        end = leaf.span.end;
    }
    let texts: Vec<String> =
        leaves.iter().zip(&tokens).map(|(leaf, token)| Yaml.token_text(document, leaf, token)).collect();
    let changes = leaves.iter().zip(&texts).map(|(leaf, text)| (leaf.span, text.as_str()));
    let sealed = splice(document.source(), changes);
    let parsed = match format::parse(&Yaml, sealed.into_bytes()) {
        Ok(parsed) => parsed,
        Err(error) => return Some(format!("sealed: {error}")),
    };
    if shape(document) != shape(&parsed) {
        return Some(format!("shape:\n{:#?}\n{:#?}", shape(document), shape(&parsed)));
    }
    for (leaf, token) in parsed.leaves().iter().zip(&tokens) {
        if parsed.bytes(leaf.content) != token.as_bytes() {
            return Some(format!("a leaf is {:?}", parsed.src(leaf.span)));
        }
    }
    let back = |leaf: &Leaf, span: Span| (span, document.src(leaf.span));
    let restored = splice(parsed.source(), leaves.iter().zip(parsed.leaves()).map(|(l, p)| back(l, p.span)));
    (restored != document.source()).then(|| format!("restored:\n{restored}"))
}
