//! TOML's grammar, by `toml_parser`: the events of a text, with every error in our own words.

use toml_parser::lexer::TokenKind;
use toml_parser::parser::{Event, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Source};

/// Inline containers inside one another, as far as `toml_edit` goes, too.
const NESTING: u32 = 80;

/// Tokens of a text: what lies above costs more memory than any text that people write.
const TOKENS: usize = 16 << 20;

/// Why a text is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    /// The byte in the text.
    pub at: usize,
    /// What is wrong, in words that hold nothing of the text.
    pub what: &'static str,
    /// Whether the text is valid, but more than this reader takes.
    pub is_limit: bool,
}

/// Keeps the first error.
#[derive(Default)]
struct First(Option<Slip>);

impl ErrorSink for First {
    fn report_error(&mut self, error: ParseError) {
        if self.0.is_none() {
            let at = error.unexpected().or(error.context()).map_or(0, |span| span.start());
            self.0 = Some(slip(at, error.description()));
        }
    }
}

/// What the parsers say, in static words: their own texts could quote the source.
pub(super) fn slip(at: usize, description: &str) -> Slip {
    let is_limit = description.contains("recurs");
    let known = [
        ("recurs", "nested deeper than 80 levels"),
        ("duplicate key", "a duplicate key or table"),
        ("cannot extend value", "a key below a value that is no table"),
        ("integer number overflowed", "an integer beyond 64 bits"),
        ("floating-point number overflowed", "a float that is too large"),
        ("key with no value", "a key without '=' and a value"),
        ("missing value for key", "a key without '=' and a value"),
        ("unclosed array table", "a table header without ']]'"),
        ("unclosed table", "a table header without ']'"),
        ("missing table open", "a ']' without '['"),
        ("unclosed array", "an array without ']'"),
        ("unclosed inline table", "an inline table without '}'"),
        ("extra comma", "a comma too many"),
        ("missing comma", "a comma is missing"),
        ("multi-line", "a multi-line string that is not valid"),
        ("literal string", "a literal string that is not valid"),
        ("basic string", "a string that is not valid"),
        ("comment", "a comment with a control character"),
        ("newline", "a line break that is not valid"),
        ("date", "a date or time that does not exist"),
        ("key", "a key that is not valid"),
        ("table", "a table header that is not valid"),
        ("integer", "a number that is not valid"),
        ("float", "a number that is not valid"),
        ("number", "a number that is not valid"),
        ("boolean", "a value that is not valid"),
        ("unexpected", "text that does not belong here"),
    ];
    let what = known.iter().find(|(part, _)| description.contains(part));
    Slip { at, what: what.map_or("a text that is not valid TOML", |(_, what)| *what), is_limit }
}

/// The grammar's events of `text`, white space left out.
///
/// # Errors
/// The first error of the grammar. Duplicates and the like are not looked for.
pub(super) fn events(text: &str) -> Result<Vec<Event>, Slip> {
    let source = Source::new(text);
    let is_long = |token: &toml_parser::lexer::Token| token.kind() != TokenKind::Eof;
    if source.lex().filter(is_long).nth(TOKENS).is_some() {
        return Err(Slip { at: text.len(), what: "more than 16777216 tokens", is_limit: true });
    }
    let tokens = source.lex().into_vec();
    let mut events = Vec::new();
    let mut errors = First::default();
    {
        let mut checked = ValidateWhitespace::new(&mut events, source);
        let mut guarded = RecursionGuard::new(&mut checked, NESTING);
        parse_document(&tokens, &mut guarded, &mut errors);
    }
    errors.0.map_or(Ok(events), Err)
}

/// Checks what the grammar leaves open: duplicates, redefined tables, numbers out of range, dates that do not exist.
///
/// # Errors
/// The first error that `toml_edit` finds.
pub(super) fn check(text: &str) -> Result<(), Slip> {
    match toml_edit::Document::parse(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(slip(error.span().map_or(0, |span| span.start), error.message())),
    }
}
