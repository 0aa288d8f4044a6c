//! The metadata of an encrypted file: the fields of section 7 of the format, read strictly and written canonically.

mod fields;
mod moment;
mod wrapped_key;

pub use moment::{is_moment, moment_at};
pub use wrapped_key::{MAX_RID, MAX_WRAP, WrappedKey, is_rid};

use crate::crypto::{Commit, Eof, Epoch, FileId, Keys, Succession, Tag, same, to_base64url};
use crate::document::{Cover, Field, push_lp};
use crate::error::{Class, Error, Position, Result};

use fields::Cursor;

/// The most recipients that a file has.
pub const MAX_RECIPIENTS: usize = 128;

/// The policy of every binary file.
const BINARY_POLICY: &str = "encrypt **";

/// Which fields a block has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// All of them. (That JSON has no `eof` is for the caller to check: nothing here knows the formats.)
    Text,
    /// No `end` and no `eof`; `cover` and `policy` are fixed.
    Binary,
}

/// What a file stores beside its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The tag over what lies behind the last token; zeros in [`Layout::Binary`], which has none.
    pub end: Tag,
    /// Whether the block's writer added a line break to the text.
    pub eof: Eof,
    /// The name of the file.
    pub file_id: FileId,
    /// The name of the data key.
    pub commit: Commit,
    /// What the order rule redraws.
    pub epoch: Epoch,
    /// Which plain parts the chain covers.
    pub cover: Cover,
    /// The canonical text of the policy; not looked at here.
    pub policy: String,
    /// The user's word for what the file is for (`prod`).
    pub scope: Option<String>,
    /// When the data key was made: `YYYY-MM-DDThh:mm:ssZ`.
    pub rotated: String,
    /// How the data key before vouches for this one; only after a rotation.
    pub prev: Option<String>,
    /// The tag over all fields but `end` and `eof`.
    pub head: [u8; 32],
    /// The data key for each recipient, sorted by the bytes of `rid`.
    pub recipients: Vec<WrappedKey>,
}

impl Envelope {
    /// Reads a block's fields; `at` is where the block stands, for messages.
    ///
    /// # Errors
    /// `version` when `v` is not `1`, whatever else there is; `limit` for more than 128 recipients; else `metadata` for
    /// everything that is not exactly as [`Envelope::fields`] writes it.
    pub fn read(fields: &[Field], at: Option<Position>, layout: Layout) -> Result<Self> {
        let mut cursor = Cursor::new(fields, at);
        cursor.check_version()?;
        if fields.iter().filter(|field| field.name == "recipient").count() > MAX_RECIPIENTS {
            let what = format!("more than {MAX_RECIPIENTS} recipients");
            return Err(Error::refused(Class::Limit, at, what));
        }
        let (mut end, mut eof) = (Tag([0; 16]), Eof::Kept);
        if layout == Layout::Text {
            end = Tag(cursor.bytes("end")?);
            if cursor.option("eof", |text| (text == "newline").then_some(()))?.is_some() {
                eof = Eof::Added;
            }
        }
        cursor.field("v", |text| (text == "1").then_some(()))?;
        let envelope = Self {
            end,
            eof,
            file_id: FileId(cursor.bytes("id")?),
            commit: Commit(cursor.bytes("dek")?),
            epoch: Epoch(cursor.bytes("epoch")?),
            cover: cursor.field("cover", |text| cover_named(text, layout))?,
            policy: cursor.field("policy", |text| {
                (layout == Layout::Text || text == BINARY_POLICY).then(|| text.to_owned())
            })?,
            scope: cursor.option("scope", |text| is_scope(text).then(|| text.to_owned()))?,
            rotated: cursor.field("rotated", |text| is_moment(text).then(|| text.to_owned()))?,
            prev: cursor.option("prev", |text| Succession::parse(text).map(|_| text.to_owned()))?,
            head: cursor.bytes("head")?,
            recipients: cursor.recipients()?,
        };
        Ok(envelope)
    }

    /// The block's fields in their order; undoes [`Envelope::read`].
    pub fn fields(&self, layout: Layout) -> Vec<Field> {
        let mut fields = Vec::with_capacity(11 + self.recipients.len());
        let mut push = |name: &str, value: String| fields.push(Field { name: name.to_owned(), value });
        if layout == Layout::Text {
            push("end", self.end.to_string());
            if self.eof == Eof::Added {
                push("eof", "newline".to_owned());
            }
        }
        push("v", "1".to_owned());
        push("id", to_base64url(&self.file_id.0));
        push("dek", to_base64url(&self.commit.0));
        push("epoch", to_base64url(&self.epoch.0));
        push("cover", cover_name(self.cover).to_owned());
        push("policy", self.policy.clone());
        if let Some(scope) = &self.scope {
            push("scope", scope.clone());
        }
        push("rotated", self.rotated.clone());
        if let Some(prev) = &self.prev {
            push("prev", prev.clone());
        }
        push("head", to_base64url(&self.head));
        for recipient in &self.recipients {
            push("recipient", recipient.to_string());
        }
        fields
    }

    /// The text that the keys of links and payloads depend on: empty when there is no scope.
    pub fn scope_text(&self) -> &str {
        self.scope.as_deref().unwrap_or_default()
    }

    /// What `prev` says; `None` before the first rotation.
    pub fn succession(&self) -> Option<Succession> {
        self.prev.as_deref().and_then(Succession::parse)
    }

    /// What the field `head` must hold.
    pub fn head_tag(&self, keys: &Keys) -> [u8; 32] {
        let mut content = self.file_id.0.to_vec();
        push_lp(&mut content, &self.commit.0);
        content.extend_from_slice(&self.epoch.0);
        push_lp(&mut content, cover_name(self.cover).as_bytes());
        push_lp(&mut content, self.policy.as_bytes());
        push_lp(&mut content, self.scope_text().as_bytes());
        push_lp(&mut content, self.rotated.as_bytes());
        push_lp(&mut content, self.prev.as_deref().unwrap_or_default().as_bytes());
        let count = u32::try_from(self.recipients.len()).expect("at most 128 recipients");
        content.extend_from_slice(&count.to_be_bytes());
        for recipient in &self.recipients {
            push_lp(&mut content, recipient.rid.as_bytes());
            push_lp(&mut content, &recipient.wrap);
        }
        keys.head(&content)
    }

    /// Whether the field `head` holds what it must, compared in constant time.
    pub fn has_valid_head(&self, keys: &Keys) -> bool {
        same(&self.head, &self.head_tag(keys))
    }
}

/// Whether `text` can be a scope: 1 to 128 printable ASCII characters, neither first nor last a space.
pub fn is_scope(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !text.starts_with(' ')
        && !text.ends_with(' ')
}

fn cover_name(cover: Cover) -> &'static str {
    match cover {
        Cover::All => "all",
        Cover::Encrypted => "encrypted",
    }
}

fn cover_named(text: &str, layout: Layout) -> Option<Cover> {
    match text {
        "all" => Some(Cover::All),
        "encrypted" if layout == Layout::Text => Some(Cover::Encrypted),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod whole_files;
