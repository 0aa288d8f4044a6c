//! What can be told of a text that holds parts of an encrypted file, but is none: one with conflict marks, for instance.

use crate::crypto::{Commit, FileId, Tag, Token, from_base64url_array};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub tokens: Vec<Token>,
    pub heads: Vec<[u8; 32]>,
    pub ends: Vec<Tag>,
    pub deks: Vec<Commit>,
    pub file_ids: Vec<FileId>,
}

/// The tokens and the fields of metadata in `text`, wherever they stand.
pub(super) fn parts(text: &str) -> Parts {
    let mut parts =
        Parts { tokens: Token::find_all(text).map(|(_, token)| token).collect(), ..Parts::default() };
    for line in text.lines() {
        let Some((name, value)) = field(line) else { continue };
        match name {
            "head" => parts.heads.extend(from_base64url_array(value)),
            "end" => parts.ends.extend(from_base64url_array(value).map(Tag)),
            "dek" => parts.deks.extend(from_base64url_array(value).map(Commit)),
            "id" => parts.file_ids.extend(from_base64url_array(value).map(FileId)),
            _ => {}
        }
    }
    parts.deks.dedup();
    parts
}

/// The name and value of a line of metadata, in any format.
fn field(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let line = line.strip_prefix("#dekko").or_else(|| line.strip_prefix(";dekko")).unwrap_or(line);
    let (name, value) = line.split_once([':', '='])?;
    let is_around = |c: char| c.is_whitespace() || "\"',".contains(c);
    Some((name.trim_matches(is_around), value.trim_matches(is_around)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_between_conflict_marks_in_every_format() {
        let token = format!("enc1.{}.{}", "A".repeat(108), "B".repeat(21) + "A");
        assert!(Token::parse(&token).is_some());
        let (key, id) = ("C".repeat(42) + "A", "D".repeat(21) + "A");
        let text = format!(
            "a: {token}\n<<<<<<< ours\nb: \"{token}\"\n  head: {key}\n=======\n#dekko head={key}\n;dekko dek = {key}\n\
             >>>>>>> theirs\n    \"id\": \"{id}\",\n  end: {id}\nend = \"{id}\"\nid: 7\n"
        );
        let parts = parts(&text);
        let counts =
            [parts.tokens.len(), parts.heads.len(), parts.deks.len(), parts.file_ids.len(), parts.ends.len()];
        assert_eq!(counts, [2, 2, 1, 1, 2]);
    }

    #[test]
    fn a_text_of_signs_is_read_in_linear_time() {
        assert!(parts(&"enc1.".repeat(400_000)).tokens.is_empty());
    }

    #[test]
    fn other_texts_have_no_parts() {
        let parts = parts("enc1.x.y\nhead: short\n\u{feff}enc1.");
        assert!(parts.tokens.is_empty() && parts.heads.is_empty());
    }
}
