//! A value of one side, quoted as the other side does.

use crate::document::{Style, Value};
use crate::format::{Format, Grammar};

/// The text that says `value` in the style of the scalar text `like`; `None` when there is none that reads as that value.
pub(super) fn restyled(format: &dyn Format, like: &str, value: &Value) -> Option<String> {
    let (before, after) = match format.grammar() {
        Grammar::Yaml => ("k: ", "\n"),
        Grammar::Json | Grammar::Jsonc => ("{\"k\": ", "}"),
        Grammar::Toml => ("k = ", "\n"),
        Grammar::Dotenv | Grammar::Ini => ("k=", "\n"),
    };
    let document = format.parse(format!("{before}{like}{after}")).ok()?;
    let is_value = |leaf: &&crate::document::Leaf| leaf.style != Style::Comment;
    let leaf = document.leaves().iter().find(is_value)?;
    let text = format.scalar(&document, leaf, value).ok()?;
    let again = format.parse(format!("{before}{text}{after}")).ok()?;
    let said = format.value(&again, again.leaves().iter().find(is_value)?).ok()?;
    (said == *value && !text.contains('\n')).then_some(text)
}
