//! Decoded values, for reading single ones and for converting between formats. Never for writing a file back.

/// A decoded value.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// Nothing: `null`, an empty YAML node.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number in JSON's notation (RFC 8259 section 6).
    Number(String),
    /// What only some formats can say: a TOML date-time, a YAML `.inf`. The text as written, and its name for messages.
    Special(String, &'static str),
    /// A text.
    String(String),
    /// A list.
    List(Vec<Value>),
    /// A map in the order of the source.
    Map(Vec<(String, Value)>),
}
