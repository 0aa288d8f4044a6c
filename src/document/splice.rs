//! Putting texts in the place of spans: the only way a document is ever changed.

use super::span::Span;

/// `source` with each span replaced by its text. `splice(s, []) == s`. The spans are in order and do not overlap.
pub fn splice<'t>(source: &str, changes: impl IntoIterator<Item = (Span, &'t str)>) -> String {
    let mut out = String::with_capacity(source.len());
    let mut done = 0;
    for (span, text) in changes {
        debug_assert!(span.start as usize >= done, "spans are in order");
        out.push_str(&source[done..span.start as usize]);
        out.push_str(text);
        done = span.end as usize;
    }
    out.push_str(&source[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splicing_nothing_changes_nothing() {
        assert_eq!(splice("a: b\r\n", []), "a: b\r\n");
    }

    #[test]
    fn spans_are_replaced_in_order() {
        assert_eq!(splice("a: b, c", [(Span::new(3, 4), "xyz"), (Span::new(6, 7), "")]), "a: xyz, ");
    }
}
