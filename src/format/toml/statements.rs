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

/// Parts of what the parsers say, and our words for it; the first that fits counts.
const WORDS: &[(&str, &str)] = &[
    ("recurs", "nested deeper than 80 levels"),
    ("duplicate key", "a duplicate key or table"),
    ("cannot extend value", "a key below a value that is no table"),
    ("integer number overflowed", "an integer beyond 64 bits"),
    ("floating-point number overflowed", "a float that is too large"),
    ("carriage return", "a carriage return without a line feed"),
    ("string values must be quoted", "a text without quotes"),
    ("keys cannot be multi-line", "a multi-line string as a key"),
    ("missing key for inline", "a key is missing"),
    ("keys cannot be empty", "a key is missing"),
    ("key with no value", "a key without '=' and a value"),
    ("missing value", "a value is missing"),
    ("missing assignment", "a key without '=' and a value"),
    ("unclosed array table", "a table header without ']]'"),
    ("unclosed table", "a table header without ']'"),
    ("table open", "a ']' without '['"),
    ("unclosed array", "an array without ']'"),
    ("unclosed inline table", "an inline table without '}'"),
    ("inline table opening", "a '}' without '{'"),
    ("array opening", "a ']' without '['"),
    ("extra comma", "a comma too many"),
    ("missing comma", "a comma is missing"),
    ("missing opening quote", "a quote without its counterpart"),
    ("extra assignment", "an '=' too many"),
    ("`=`", "an '=' too many"),
    ("escape", "an escape that TOML has not"),
    ("unicode value digits", "an escape that TOML has not"),
    ("string", "a string that is not valid"),
    ("comment", "a comment that is not valid"),
    ("date", "a date or time that does not exist"),
    ("unexpected key or value", "text behind a value"),
    ("unexpected content", "text that does not belong here"),
    ("inline table", "an inline table that is not valid"),
    ("invalid table", "a table header that is not valid"),
    ("key", "a key that is not valid"),
    ("sign", "a number that is not valid"),
    ("zero", "a number that is not valid"),
    ("digits", "a number that is not valid"),
    ("radix", "a number that is not valid"),
    ("number", "a number that is not valid"),
    ("float", "a number that is not valid"),
    ("exponent", "a number that is not valid"),
    ("fraction", "a number that is not valid"),
    ("mantissa", "a number that is not valid"),
    ("invalid", "a value that is not valid"),
];

/// What the parsers say, in words of ours: their own texts could quote the source.
fn slip(at: usize, description: &str) -> Slip {
    let what = WORDS.iter().find(|(part, _)| description.contains(part));
    let what = what.map_or("a text that is not valid TOML", |(_, what)| *what);
    Slip { at, what, is_limit: description.contains("recurs") }
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
